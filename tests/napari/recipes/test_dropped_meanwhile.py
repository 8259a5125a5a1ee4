"""A recipe that is dropped while a run is under way waits, in sight, for its end."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.recipes.dialog import LATER
from tests.napari.conftest import errors

from .conftest import drop, press_in, settled


def test_it_waits(
    named: SynthesisDock, church: np.ndarray, viewer: Viewer, tmp_path: Path, press: Callable[..., None], qtbot: QtBot
) -> None:
    viewer.show()
    path = tmp_path / "church.recipe.json"
    path.write_text(json.dumps(viewer.layers[-1].metadata[RECIPE]))
    named.parameters.widgets["steps"].value = 2000
    press(named, wait=False)
    drop(viewer, path)
    qtbot.waitUntil(lambda: named.recipe_button.dialog is not None and named.recipe_button.dialog.isVisible())
    dialog = named.recipe_button.dialog
    assert dialog.status.text() == LATER and named.parameters.widgets["steps"].value == 2000
    press(named, "stop_button")
    press_in(qtbot, dialog, "edit_button")
    settled(qtbot, dialog)
    assert named.parameters.widgets["steps"].value == 3 and errors() == []
