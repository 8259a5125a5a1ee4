"""Recipes in the window: saved, copied, dropped, edited, replayed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import napari
import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth import tasks
from napari_robust_synth._napari import commands
from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.recipe_dialog import RecipeDialog
from napari_robust_synth._napari.recipe_view import OWN
from napari_robust_synth._napari.session import RECIPE
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.embedded import embedded

from .conftest import errors
from .hands import click

Press = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder, with 'quotes'"
    folder.mkdir()
    return folder


@pytest.fixture
def named(painting: SynthesisDock, tiny_model_folder: Path, qtbot: QtBot) -> SynthesisDock:
    """The dock with a model that other processes find, too."""
    painting.model.value = str(tiny_model_folder)
    qtbot.waitUntil(lambda: "ready" in painting.status.text(), timeout=60_000)
    painting.inputs.label.setCurrentText("church")
    painting.parameters.widgets["steps"].value = 3
    return painting


@pytest.fixture
def church(named: SynthesisDock, viewer: Viewer, press: Press) -> np.ndarray:
    """What a run made of the photo; its layer is the last one, and selected."""
    press(named)
    viewer.layers.selection.active = viewer.layers[-1]
    return viewer.layers[-1].data.copy()


@pytest.fixture
def dialog(named: SynthesisDock, church: np.ndarray, viewer: Viewer, qtbot: QtBot) -> RecipeDialog:
    viewer.show()
    click(qtbot, named.recipe_button)
    return named.recipe_button.dialog


def drop(viewer: Viewer, path: Path) -> None:
    """Do what napari does with a file that is dropped onto it."""
    viewer.window._qt_viewer._qt_open([str(path)], stack=False)


def settled(qtbot: QtBot, dialog: RecipeDialog) -> None:
    qtbot.waitUntil(lambda: dialog.job is None, timeout=60_000)


def press_in(qtbot: QtBot, dialog: RecipeDialog, button: str) -> None:
    click(qtbot, getattr(dialog, button))
    settled(qtbot, dialog)


@pytest.fixture
def saved(dialog: RecipeDialog, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = folder / "church.recipe.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    press_in(qtbot, dialog, "save_button")
    return path


def test_a_saved_recipe_takes_its_picture_along(saved: Path, dialog: RecipeDialog, photo: np.ndarray) -> None:
    assert dialog.status.text() == "Saved church.recipe.json"
    raw = json.loads(saved.read_text())
    assert raw["image"]["path"] == "church.source.tif"
    np.testing.assert_array_equal(decode.read(saved.with_name("church.source.tif")).pixels, photo)
    assert sorted(p.name for p in saved.parent.iterdir()) == ["church.recipe.json", "church.source.tif"]


def test_the_command_line_and_the_python_run(
    saved: Path, dialog: RecipeDialog, church: np.ndarray, qtbot: QtBot
) -> None:
    press_in(qtbot, dialog, "command_button")
    command = QGuiApplication.clipboard().text()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(decode.read(saved.with_name("church-again.tif")).pixels, church)
    press_in(qtbot, dialog, "python_button")
    names: dict[str, np.ndarray] = {}
    exec(QGuiApplication.clipboard().text(), names)
    np.testing.assert_array_equal(names["result"], church)


def test_a_dropped_recipe_fills_the_form_and_runs_again(
    saved: Path,
    named: SynthesisDock,
    dialog: RecipeDialog,
    viewer: Viewer,
    church: np.ndarray,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    viewer.layers.clear()
    named.task.value = "generate"
    named.parameters.seed.value = 9
    monkeypatch.setattr(napari, "current_viewer", lambda: viewer)
    monkeypatch.setattr(commands, "recipe_dialog", lambda _: dialog)
    drop(viewer, saved)
    qtbot.waitUntil(lambda: dialog.status.text() == "Filled in: press Run", timeout=30_000)
    assert [layer.name for layer in viewer.layers] == ["church.source", "church.source · mask"]
    assert named.task.value == "paint"
    assert named.parameters.widgets["steps"].value == 3
    assert named.parameters.seed.value == 0
    press(named)
    np.testing.assert_array_equal(viewer.layers[-1].data, church)


def test_edit_finds_the_open_picture_and_mask(
    named: SynthesisDock, dialog: RecipeDialog, viewer: Viewer, qtbot: QtBot
) -> None:
    named.task.value = "generate"
    named.inputs.image_layer.value = None
    press_in(qtbot, dialog, "edit_button")
    assert named.inputs.image_layer.value is viewer.layers["photo"]
    assert named.inputs.mask_layer.value is viewer.layers["region"]
    assert named.inputs.label.currentText() == "church"
    assert len(viewer.layers) == 3


def test_replay_on_its_own_picture_and_on_another(
    dialog: RecipeDialog, viewer: Viewer, church: np.ndarray, photo: np.ndarray, mask: np.ndarray, qtbot: QtBot
) -> None:
    press_in(qtbot, dialog, "replay_button")
    again = viewer.layers[-1]
    np.testing.assert_array_equal(again.data, church)
    np.testing.assert_array_equal(again.affine, viewer.layers["photo"].affine)
    np.testing.assert_array_equal(again.scale, viewer.layers["photo"].scale)
    grey = viewer.add_image(photo[..., 0].astype(np.float32) * 7, name="grey", contrast_limits=(0, 1700))
    dialog.on.value = grey
    press_in(qtbot, dialog, "replay_button")
    result = viewer.layers[-1]
    assert result.data.dtype == np.float32
    np.testing.assert_array_equal(result.data[~mask], grey.data[~mask])
    assert (result.data[mask] != grey.data[mask]).any()
    assert result.metadata[RECIPE]["value_range"] == [0, 1700]
    dialog.on.value = viewer.add_image(photo[:50, :60], name="small", rgb=True)
    press_in(qtbot, dialog, "replay_button")
    assert dialog.status.text().startswith("the mask is 96 x 72 px, but the image is 60 x 50 px")


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
    assert dialog.status.text() == "1 of 3 pictures done, 2 failed"
    lines = dialog.log.toPlainText().splitlines()
    assert len(lines) == 3
    assert lines[1] == "b.png: done"
    assert "the mask is 96 x 72 px" in lines[2]
    np.testing.assert_array_equal(decode.read(out / "b.png").pixels, church)
    assert embedded(out / "b.png") is not None
    shutil.rmtree(out)
    dialog.replay_folder(folder, folder)
    settled(qtbot, dialog)
    assert "choose another folder" in dialog.status.text()


def test_cancel_ends_a_replay(dialog: RecipeDialog, viewer: Viewer, qtbot: QtBot) -> None:
    before = len(viewer.layers)
    long = dialog.recipes.first.parameters | {"steps": 2000}
    dialog.recipes = dialog.recipes.each(lambda recipe: replace(recipe, parameters=long, last_step=2000))
    click(qtbot, dialog.replay_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=30_000)
    click(qtbot, dialog.cancel_button)
    settled(qtbot, dialog)
    assert dialog.status.text() == "Cancelled"
    assert len(viewer.layers) == before
    assert dialog.replay_button.isEnabled()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_napari_saves_and_opens_it_with_its_recipe(
    named: SynthesisDock, church: np.ndarray, viewer: Viewer, tmp_path: Path, qtbot: QtBot, suffix: str
) -> None:
    path = tmp_path / f"church{suffix}"
    assert viewer.layers.save(str(path), selected=True, plugin=PLUGIN) == [str(path)]
    np.testing.assert_array_equal(decode.read(path).pixels, church)
    (layer,) = viewer.open(str(path), plugin="napari")
    qtbot.waitUntil(lambda: RECIPE in layer.metadata, timeout=10_000)
    assert "press Recipe…" in named.status.text()
    viewer.show()
    click(qtbot, named.recipe_button)
    press_in(qtbot, named.recipe_button.dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, church)
    with pytest.raises(OSError, match="'photo' has no recipe"):
        viewer.layers["photo"].save(str(path), plugin=PLUGIN)


def test_what_a_recipe_may_not_do(
    dialog: RecipeDialog, viewer: Viewer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = viewer.layers[-1].metadata[RECIPE]
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    image = {"path": "evil.py", "sha256": "0" * 64, "of": "pixels"}
    path = tmp_path / "evil.recipe.json"
    path.write_text(json.dumps({**raw, "image": image, "label": "church"}))
    viewer.layers.clear()
    monkeypatch.setattr(napari, "current_viewer", lambda: viewer)
    monkeypatch.setattr(commands, "recipe_dialog", lambda _: dialog)
    drop(viewer, path)
    qtbot.waitUntil(lambda: "neither open" in dialog.status.text(), timeout=10_000)
    assert not viewer.layers and not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "damage",
    [
        {"task": "repaint"},
        {"parameters": {"depth": 1}},
        {"mask": {"shape": [72, 96], "data": "AAAA"}},
        {"model": "nowhere"},
        {"palette": {"1": 3}},
        {"image": {"path": 3, "index": "x", "part": "y"}},
        {"live": True, "changes": [[0, {"paint": {"top": 5000, "left": 0}}]]},
        {"format": 2},
    ],
    ids=str,
)
def test_a_damaged_recipe_is_one_line(
    dock: SynthesisDock,
    viewer: Viewer,
    tiny: Classifier,
    photo: np.ndarray,
    mask: np.ndarray,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    damage: dict[str, object],
) -> None:
    job = tasks.Job(tasks.Paint(steps=1), tiny, image=photo, mask=mask, label="church")
    whole = {**tasks.record(job, 1, {"path": None, "sha256": "0", "of": "pixels"}).to_dict(), "model": "bundled"}
    path = tmp_path / "damaged.recipe.json"
    path.write_text(json.dumps({**whole, **damage}))
    monkeypatch.setattr(napari, "current_viewer", lambda: viewer)
    monkeypatch.setattr(commands, "recipe_dialog", lambda _: dock.recipe_button.dialog)
    drop(viewer, path)
    said = dock.recipe_button.dialog.status
    qtbot.waitUntil(lambda: bool(errors()) or "neither open" in said.text(), timeout=10_000)
    assert all(len(message.splitlines()) == 1 for message in errors())
    assert not viewer.layers


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
