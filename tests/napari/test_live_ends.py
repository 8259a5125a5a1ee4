"""The live brush is paused, stopped, left alone by its layers, told something wrong, used on another grid."""

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock

from .brush import STEPS, labels_of, rested, stop
from .conftest import PLACE, errors
from .hands import click


def test_pause_and_stop_without_a_stroke(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
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
