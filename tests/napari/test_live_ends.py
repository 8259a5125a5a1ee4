"""The live brush is paused, stopped, left alone by its layers, told something wrong, used on another grid."""

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.live.brush import PAINT

from .brush import STEPS, labels_of, rested, stop
from .conftest import PLACE, errors
from .hands import click


def test_pause_and_stop_without_a_stroke(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    qtbot.wait(300)
    assert live.status.text() == PAINT and live.bar.maximum() == 1, "it says what to do, and does not look busy"
    click(qtbot, live.pause_button)
    labels_of(live).paint((20, 20), 1)
    qtbot.wait(300)
    assert live.bar.value() <= 0
    stop(live, qtbot)
    assert live.status.text() == "Stopped before the first step"
    assert not any("palette" in layer.name for layer in viewer.layers)


@pytest.mark.parametrize("victim", ["photo", "photo · mask", "photo · palette (running)"])
def test_a_layer_goes_away(live: SynthesisDock, viewer: Viewer, qtbot: QtBot, victim: str) -> None:
    labels_of(live).paint((20, 20), 1)
    qtbot.waitUntil(lambda: live.bar.value() > 2, timeout=30_000)
    viewer.layers.remove(victim)
    qtbot.wait(200)
    stop(live, qtbot)
    assert errors() == [] and "photo · palette" in viewer.layers
    assert "photo · palette (running)" not in viewer.layers


def test_the_viewer_is_closed(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    labels_of(live).paint((20, 20), 1)
    qtbot.waitUntil(lambda: live.bar.value() > 2, timeout=30_000)
    worker = live.session.worker
    viewer.close()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=10_000)
    assert errors() == []


def test_a_wrong_feature_is_refused_and_the_brush_stays_on(live: SynthesisDock, qtbot: QtBot) -> None:
    live.inputs.palette.set_row(1, "9999")
    qtbot.waitUntil(lambda: errors() != [], timeout=30_000)
    assert errors() == ["label 1 of the palette: feature 9999 is out of range, expected 0 to 511"]
    live.inputs.palette.set_row(1, "church")
    labels_of(live).paint((20, 20), 1)
    rested(live, qtbot, STEPS)


def test_labels_on_another_grid(live: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray) -> None:
    stop(live, qtbot)
    turned = {**PLACE, "scale": (1, 1.5)}
    fine = viewer.add_labels(np.zeros((144, 192), np.uint8), name="fine", **turned)
    fine.brush_size = 20
    live.inputs.mask_layer.value = fine
    click(qtbot, live.inputs.palette.live)
    fine.paint((60, 80), 1)
    rested(live, qtbot, STEPS)
    stop(live, qtbot)
    changed = (viewer.layers["photo · palette"].data != photo).any(2)
    marked = fine.data[::2, ::2] == 1
    assert changed[marked].mean() > 0.5
    grown = np.pad(fine.data, 2).astype(bool)
    near = np.any([grown[2 + y : 146 + y, 2 + x : 194 + x] for y in range(-2, 3) for x in range(-2, 3)], 0)[::2, ::2]
    assert not changed[~near].any()


def test_undo_and_redo_are_of_strokes_while_it_is_on(
    live: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray
) -> None:
    layer, bar = labels_of(live), live.history
    for place in ((20, 20), (50, 60)):
        layer.paint(place, 1)
    one, both = layer.data.copy(), layer.data.copy()
    one[40:] = 0
    assert bar.undo_button.toolTip() == "Undo the last stroke on photo · mask (Ctrl+Alt+Z)"
    click(qtbot, bar.undo_button)
    np.testing.assert_array_equal(layer.data, one)
    click(qtbot, bar.redo_button)
    np.testing.assert_array_equal(layer.data, both)
    canvas = viewer.window._qt_viewer.canvas.native
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    np.testing.assert_array_equal(layer.data, one)
    qtbot.waitUntil(lambda: live.bar.value() >= STEPS and "Paint on" in live.status.text(), timeout=60_000)
    stop(live, qtbot)
    result = viewer.layers["photo · palette"]
    changed = (result.data != photo).any(2)
    assert changed.any() and not changed[one == 0].any()
    keeper = keeper_of(viewer)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    click(qtbot, bar.undo_button)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    np.testing.assert_array_equal(result.data, photo, "the whole painting is one edit again")
    np.testing.assert_array_equal(layer.data, one)


def test_closing_the_dock_gives_undo_back(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    keeper = keeper_of(viewer)
    assert keeper.painted is labels_of(live)
    live.session.abandon()
    assert keeper.painted is None


def test_a_stroke_on_a_hidden_layer_is_undone_too(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    layer = labels_of(live)
    layer.paint((20, 20), 1)
    layer.paint((50, 60), 1)
    qtbot.waitUntil(lambda: live.bar.value() >= STEPS and "Paint on" in live.status.text(), timeout=60_000)
    layer.visible = False
    click(qtbot, live.history.undo_button)
    one = layer.data.copy()
    qtbot.waitUntil(lambda: live.session.control.changes.empty(), timeout=10_000)
    stop(live, qtbot)
    result, photo = viewer.layers["photo · palette"].data, viewer.layers["photo"].data
    changed = (result != photo).any(2)
    assert changed[one > 0].any() and not changed[one == 0].any()
