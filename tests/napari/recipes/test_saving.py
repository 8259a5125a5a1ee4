"""Recipes saved, copied, and inside the pictures that napari saves."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.utils.io import imsave
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QCoreApplication, QEvent, QThreadPool
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.commands import save_result
from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth._napari.recipes.files import write_picture
from napari_robust_synth._napari.recipes.watch import watch_of
from napari_robust_synth._napari.window.docks import open_dock
from napari_robust_synth.pictures import decode
from napari_robust_synth.pictures.embedded import embedded
from tests.napari.conftest import errors
from tests.napari.hands import click

from .conftest import press_in

Press = Callable[..., None]


def test_a_saved_recipe_takes_its_picture_along(saved: Path, dialog: RecipeDialog, photo: np.ndarray) -> None:
    assert dialog.status.text() == "Saved church.recipe.json"
    raw = json.loads(saved.read_text())
    assert raw["image"]["path"] == "church.source.tif"
    np.testing.assert_array_equal(decode.read(saved.with_name("church.source.tif")).pixels, photo)
    assert sorted(p.name for p in saved.parent.iterdir()) == ["church.recipe.json", "church.source.tif"]


def test_a_saved_recipe_writes_over_no_file_of_another(
    dialog: RecipeDialog, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = folder / "church.recipe.json", folder / "church.source.tif"
    other.write_bytes(b"the user's")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    for _ in range(2):
        press_in(qtbot, dialog, "save_button")
        names = {"church.recipe.json", "church.source.tif", "church.source-2.tif"}
        assert {p.name for p in folder.iterdir()} == names
        assert other.read_bytes() == b"the user's" and "source-2" in path.read_text()


def test_a_picture_that_two_recipes_need_stays(
    saved: Path, dialog: RecipeDialog, viewer: Viewer, photo: np.ndarray, qtbot: QtBot
) -> None:
    picture = saved.with_name("church.source.tif")
    before = picture.read_bytes()
    dialog.on.value = viewer.add_image(255 - photo, name="other", rgb=True)
    viewer.layers.selection.active = viewer.layers["photo · paint"]
    press_in(qtbot, dialog, "replay_button")
    viewer.layers.selection.active = viewer.layers["other · paint"]
    press_in(qtbot, dialog, "save_button")
    assert picture.read_bytes() == before and "church.source-2.tif" in saved.read_text()


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


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
def test_what_has_no_recipe_is_saved_as_napari_does(
    church: np.ndarray, viewer: Viewer, tmp_path: Path, suffix: str
) -> None:
    """Which writer comes first in napari's dialog depends on the order of the packages: ours may be asked for it."""
    ours, naparis = tmp_path / f"ours{suffix}", tmp_path / f"naparis{suffix}"
    data, meta, _ = viewer.layers["photo"].as_layer_data_tuple()
    assert write_picture(str(ours), data, meta) == [str(ours)]
    imsave(str(naparis), data)
    assert ours.read_bytes() == naparis.read_bytes() and errors() == []


def test_a_format_without_room_for_a_recipe_is_told(church: np.ndarray, viewer: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "church.jpg"
    data, meta, _ = viewer.layers[-1].as_layer_data_tuple()
    assert write_picture(str(path), data, meta) == [str(path)] and path.exists()
    assert errors() == ["church.jpg has no recipe inside: .jpg can't carry one, save it as .png or .tif"]


def test_a_result_is_saved_in_one_step(
    dialog: RecipeDialog,
    church: np.ndarray,
    viewer: Viewer,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def answer(*arguments: object) -> tuple[str, str]:
        asked.append(arguments[2])
        return str(tmp_path / "church 0.5"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    click(qtbot, dialog.picture_button)
    qtbot.waitUntil(lambda: errors() == ["Saved church 0.5.png"], timeout=30_000)
    assert asked == ["photo · paint.png"]
    np.testing.assert_array_equal(decode.read(tmp_path / "church 0.5.png").pixels, church)
    assert embedded(tmp_path / "church 0.5.png").first.label == "church"
    click(qtbot, dialog.picture_button)
    assert errors()[-1] == "church 0.5.png is already there: choose another name, or that one in full"
    viewer.layers.remove(viewer.layers[-1])
    assert not dialog.picture_button.isEnabled() and not dialog.save_button.isEnabled()
    viewer.layers.selection.active = viewer.layers["photo"]
    save_result(viewer)
    assert errors()[-1] == "Select a result first: a layer that a run made"


@pytest.mark.parametrize("opened_before", [False, True])
def test_a_saved_result_offers_its_recipe_also_while_the_dock_is_closed(
    named: SynthesisDock, church: np.ndarray, viewer: Viewer, tmp_path: Path, qtbot: QtBot, opened_before: bool
) -> None:
    path = tmp_path / "church.png"
    viewer.layers.save(str(path), selected=True, plugin=PLUGIN)
    viewer.window.remove_dock_widget(named)
    named.deleteLater()
    if opened_before:  # as in a window where nothing of ours was open yet
        watch_of(viewer).deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    viewer.layers.clear()
    viewer.show()
    (layer,) = viewer.open(str(path), plugin="napari")
    if opened_before:
        open_dock(viewer, "Robust Synthesis")
    qtbot.waitUntil(lambda: bool(errors()), timeout=30_000)
    assert errors() == ["church carries its recipe"]
    (words, edit), *_ = notification_manager.records[-1].actions
    assert words == "Edit recipe" and notification_manager.records[-1].source == ""
    edit(None)
    dock = open_dock(viewer, "Robust Synthesis")
    dialog = dock.recipe_button.dialog
    assert dock is not named and dialog.isVisible() and dialog.heading.text() == layer.name
    qtbot.waitUntil(
        lambda: "press Run" in dialog.status.text() or "neither open" in dialog.status.text(), timeout=60_000
    )
    assert dock.inputs.label.currentText() == "church"
    QThreadPool.globalInstance().waitForDone(60_000)
