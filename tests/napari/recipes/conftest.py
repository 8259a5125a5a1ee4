"""What recipes in the window are tested with: a result, its dialog, a saved recipe."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image, Labels
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth import tasks
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.recipes import as_metadata
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.recipe import pixel_hash
from napari_robust_synth.tasks.recipes import Recipes
from tests.napari.conftest import PLACE
from tests.napari.hands import click
from tests.napari.moments import refill

Press = Callable[..., None]
Fill = Callable[[], RecipeDialog]


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
    keeper = keeper_of(dialog.viewer)
    qtbot.waitUntil(lambda: dialog.job is None and not keeper.jobs.busy, timeout=60_000)


def press_in(qtbot: QtBot, dialog: RecipeDialog, button: str) -> None:
    click(qtbot, getattr(dialog, button))
    settled(qtbot, dialog)


@pytest.fixture
def saved(dialog: RecipeDialog, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = folder / "church.recipe.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    press_in(qtbot, dialog, "save_button")
    return path


@pytest.fixture
def fill(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, tiny: Classifier) -> Fill:
    """Fill viewer and form anew, and select a result: what is gone, or has changed, is there again."""
    photo, mask = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8), np.zeros((24, 32), bool)
    mask[5:15, 10:20] = True
    job = tasks.Job(tasks.Paint(steps=2), tiny, image=photo, mask=mask, label="church")
    recipe = tasks.record(job, 2, {"path": None, "sha256": pixel_hash(photo), "of": "pixels"})
    metadata = as_metadata(Recipes(((0, replace(recipe, model="bundled")),)))

    image, labels = Image(photo, name="photo", rgb=True, **PLACE), Labels(mask.astype(np.uint8), name="region", **PLACE)
    result = Image(photo, name="result", rgb=True, metadata=metadata)
    layers = {layer: layer.data for layer in (image, labels, result)}

    def again() -> RecipeDialog:
        dialog = dock.recipe_button.dialog
        settled(qtbot, dialog)
        if dock.session is not None:
            dock.session.stop()
        qtbot.waitUntil(lambda: dock.session is None and not dock.history._keeper.jobs.busy, timeout=30_000)
        refill(viewer, layers)
        dock.inputs.image_layer.value, dock.inputs.mask_layer.value = image, labels
        dock.inputs.label.setCurrentText("church")
        dock.parameters.widgets["steps"].value = 2000
        dock.recipe_button.open()
        return dialog

    return again


def made(viewer: Viewer) -> list[np.ndarray]:
    return [x.data for x in viewer.layers if isinstance(x, Image) and x.name == "photo · paint"]


def replayed(dialog: RecipeDialog, viewer: Viewer, qtbot: QtBot) -> np.ndarray:
    click(qtbot, dialog.replay_button)
    settled(qtbot, dialog)
    (result,) = made(viewer)
    return result
