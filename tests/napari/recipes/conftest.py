"""What recipes in the window are tested with: a result, its dialog, a saved recipe."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.recipe_dialog import RecipeDialog
from tests.napari.hands import click

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
