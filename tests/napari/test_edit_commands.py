"""What the command palette runs without a menu: undo, accept, the live brush, the eyedropper, distances."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from napari._app_model import get_app_model
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.distances.button import DistanceButton
from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.edit_commands import (
    accept_result,
    measure_distances,
    pick_features,
    redo_edit,
    toggle_live_brush,
    undo_edit,
)
from napari_robust_synth._napari.features.use import BROWSER
from napari_robust_synth._napari.window.docks import open_dock

from .conftest import errors

NAMES = ("undo_edit", "redo_edit", "accept_result", "toggle_live_brush", "pick_features", "measure_distances")


def test_the_command_palette_has_them(dock: SynthesisDock) -> None:
    known = dict(get_app_model().commands)
    assert {f"{PLUGIN}.{name}" for name in NAMES} <= set(known)


def test_undo_redo_and_accept(
    two_runs: list[np.ndarray], painting: SynthesisDock, viewer: Viewer, settle: Callable[[], None]
) -> None:
    layer = painting.history._keeper.active.layer
    for command, number in ((undo_edit, 1), (undo_edit, 0), (redo_edit, 1), (redo_edit, 2)):
        command(viewer)
        settle()
        np.testing.assert_array_equal(layer.data, two_runs[number])
    accept_result(viewer)
    settle()
    np.testing.assert_array_equal(viewer.layers["photo"].data, two_runs[2])


def test_nothing_to_accept(dock: SynthesisDock, viewer: Viewer) -> None:
    accept_result(viewer)
    assert errors() == ["There is no result to accept: run something first, or select its layer"]


def test_the_live_brush_goes_on_and_off(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    toggle_live_brush(viewer)
    assert painting.task.value == "palette" and painting.inputs.palette.live.isChecked()
    toggle_live_brush(viewer)
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)
    viewer.layers.clear()
    toggle_live_brush(viewer)
    assert errors() == ["Open a picture first, or try a sample."]


def test_no_command_changes_the_task_of_a_run(
    painting: SynthesisDock, viewer: Viewer, press: Callable[..., None]
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    toggle_live_brush(viewer)
    assert painting.task.value == "paint" and errors() == ["A run is under way: stop it, then use the live brush"]
    press(painting, "stop_button")


def test_the_eyedropper_and_the_distances(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    pick_features(viewer)
    browser = open_dock(viewer, BROWSER)
    assert errors() == ["The classifier is still loading: use the eyedropper in a moment"]
    qtbot.waitUntil(lambda: browser.opened is not None, timeout=60_000)
    pick_features(viewer)
    qtbot.waitUntil(lambda: browser.features.rowCount() == 20, timeout=30_000)
    measure_distances(viewer)
    assert painting.findChild(DistanceButton).dialog.isVisible()
