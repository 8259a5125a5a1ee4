"""Recipes replayed: on their own picture, on others, on a folder; cancelled."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth._napari.recipes.view import OWN
from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.embedded import embedded
from napari_robust_synth.tasks.packing import unpack_mask
from tests.napari.conftest import errors
from tests.napari.hands import click

from .conftest import press_in, settled

Press = Callable[..., None]


def test_replay_on_its_own_picture_and_on_another(
    dialog: RecipeDialog, viewer: Viewer, church: np.ndarray, photo: np.ndarray, mask: np.ndarray, qtbot: QtBot
) -> None:
    press_in(qtbot, dialog, "replay_button")
    again = viewer.layers[-1]
    np.testing.assert_array_equal(again.data, church)
    np.testing.assert_array_equal(again.affine, viewer.layers["photo"].affine)
    np.testing.assert_array_equal(again.scale, viewer.layers["photo"].scale)
    grey = viewer.add_image(photo[..., 0].astype(np.float32) * 7, name="grey", contrast_limits=(0, 1700))
    viewer.layers.selection.active = again
    dialog.on.value = grey
    press_in(qtbot, dialog, "replay_button")
    result = viewer.layers[-1]
    assert result.data.dtype == np.float32
    np.testing.assert_array_equal(result.data[~mask], grey.data[~mask])
    assert (result.data[mask] != grey.data[mask]).any()
    assert result.metadata[RECIPE]["value_range"] == [0, 1700]
    small = viewer.add_image(photo[:36, :48], name="small", rgb=True)
    viewer.layers.selection.active = again
    dialog.on.value = small
    press_in(qtbot, dialog, "replay_button")
    assert dialog.status.text() == (
        "Done: the result is a new layer; the mask was scaled from 96 x 72 px to the picture's 48 x 36 px"
    )
    changed = (viewer.layers[-1].data != small.data).any(-1)
    assert changed.any() and not changed[~mask[1::2, 1::2]].any()
    assert unpack_mask(viewer.layers[-1].metadata[RECIPE]["mask"]).shape == (36, 48)


@pytest.mark.parametrize("grey", [False, True])
def test_a_replay_of_new_pictures_has_nothing_to_undo(
    dock: SynthesisDock, viewer: Viewer, press: Press, photo: np.ndarray, qtbot: QtBot, grey: bool
) -> None:
    dock.task.value = "generate"
    viewer.add_image(photo[..., 0] if grey else photo, name="photo", rgb=not grey)
    for name, value in {"steps": 1, "n": 2, "seeds": "image"}.items():
        dock.parameters.widgets[name].value = value
    press(dock)
    viewer.layers.selection.active = viewer.layers[-1]
    viewer.show()
    click(qtbot, dock.recipe_button)
    press_in(qtbot, dock.recipe_button.dialog, "replay_button")
    keeper = keeper_of(viewer)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    again = viewer.layers[-1]
    np.testing.assert_array_equal(again.data, viewer.layers[-2].data)
    assert keeper.active.layer is again and keeper.active.history.undo is None and errors() == []


def test_replay_goes_on_from_an_earlier_state(
    named: SynthesisDock, church: np.ndarray, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    named.inputs.label.setCurrentText("tench")
    keeper = named.history._keeper
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    press(named)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    both = viewer.layers[-1].data.copy()
    assert (both != church).any()
    viewer.show()
    click(qtbot, named.recipe_button)
    dialog = named.recipe_button.dialog
    assert "Paint · tench" in dialog.about.text()
    press_in(qtbot, dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, both)


def test_a_folder_with_a_bad_picture(
    dialog: RecipeDialog,
    church: np.ndarray,
    photo: np.ndarray,
    folder: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (folder / "a.png").write_bytes(b"damaged")
    (folder / "b.png").write_bytes(encode.encode(folder / "b.png", photo))
    (folder / "c.png").write_bytes(encode.encode(folder / "c.png", photo[:40]))
    chosen = iter([str(folder), str(out)])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(chosen))
    press_in(qtbot, dialog, "folder_button")
    assert dialog.status.text() == "2 of 3 pictures done, 1 failed"
    lines = dialog.log.toPlainText().splitlines()
    assert len(lines) == 3
    assert lines[1] == "b.png: done"
    assert lines[2] == "c.png: done, the mask was scaled from 96 x 72 px to the picture's 96 x 40 px"
    np.testing.assert_array_equal(decode.read(out / "b.png").pixels, church)
    assert embedded(out / "b.png") is not None
    shutil.rmtree(out)
    dialog.replay_folder(folder, folder)
    settled(qtbot, dialog)
    assert "choose another folder" in dialog.status.text()


def test_cancel_ends_a_replay(dialog: RecipeDialog, viewer: Viewer, qtbot: QtBot) -> None:
    before = len(viewer.layers)
    recipe = viewer.layers[-1].metadata[RECIPE]
    recipe |= {"parameters": recipe["parameters"] | {"steps": 2000}, "last_step": 2000}
    dialog.take_selected()
    click(qtbot, dialog.replay_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=30_000)
    click(qtbot, dialog.cancel_button)
    settled(qtbot, dialog)
    assert dialog.status.text() == "Cancelled"
    assert len(viewer.layers) == before
    assert dialog.replay_button.isEnabled()


def test_the_empty_state_and_generate(
    dock: SynthesisDock, viewer: Viewer, press: Press, photo: np.ndarray, qtbot: QtBot
) -> None:
    viewer.show()
    click(qtbot, dock.recipe_button)
    dialog = dock.recipe_button.dialog
    assert dialog.about.text().startswith("Select a result")
    assert not dialog.replay_button.isEnabled()
    dock.task.value = "generate"
    dock.parameters.widgets["steps"].value = 1
    dock.parameters.widgets["n"].value = 3
    press(dock)
    result = viewer.layers[-1]
    viewer.layers.selection.active = result
    assert "Generate · tench" in dialog.about.text()
    assert dialog.on.value == OWN
    press_in(qtbot, dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)
    dialog.on.value = viewer.add_image(photo, name="photo", rgb=True)
    viewer.layers.selection.active = result
    click(qtbot, dialog.replay_button)
    assert errors()[-1].startswith("generate starts from no picture")
