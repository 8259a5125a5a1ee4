"""A recipe dropped onto a window, as napari opens it: no dock is open, and another window may be the current one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import napari
import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QThreadPool

from napari_robust_synth import tasks
from napari_robust_synth._napari.window.docks import open_dock
from napari_robust_synth._napari.window.opening import opening_viewer
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import encode
from napari_robust_synth.tasks.recipe import pixel_hash

from .conftest import drop


@pytest.fixture
def recipe(tiny: Classifier, tiny_model_folder: Path, photo: np.ndarray, mask: np.ndarray, folder: Path) -> Path:
    """A recipe file with its picture beside it."""
    job = tasks.Job(tasks.Paint(steps=3), tiny, image=photo, mask=mask, label="church")
    image = {"path": "photo.tif", "sha256": pixel_hash(photo), "of": "pixels"}
    (folder / "photo.tif").write_bytes(encode.encode(folder / "photo.tif", photo))
    path = folder / "church.recipe.json"
    path.write_text(json.dumps(replace(tasks.record(job, 3, image), model=str(tiny_model_folder)).to_dict()))
    return path


@pytest.mark.parametrize("onto", [0, 1])
def test_it_lands_in_the_window_it_was_dropped_on(
    recipe: Path, make_napari_viewer: Callable[[], Viewer], qtbot: QtBot, onto: int
) -> None:
    viewers = [make_napari_viewer() for _ in range(2)]
    assert napari.current_viewer() is viewers[1]
    there, elsewhere = viewers[onto], viewers[1 - onto]
    drop(there, recipe)
    qtbot.waitUntil(lambda: bool(there.window.dock_widgets), timeout=30_000)
    dialog = open_dock(there, "Robust Synthesis").recipe_button.dialog
    qtbot.waitUntil(lambda: dialog.status.text() == "Filled in: press Run", timeout=60_000)
    assert [layer.name for layer in there.layers] == ["photo", "photo · mask"]
    assert not elsewhere.layers and not elsewhere.window.dock_widgets
    assert "church" in dialog.about.text() and dialog.heading.text() == "church.recipe.json"
    QThreadPool.globalInstance().waitForDone(60_000)


def test_outside_of_any_window_it_is_the_current_one(viewer: Viewer) -> None:
    assert opening_viewer() is viewer
