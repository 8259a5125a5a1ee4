"""While the original is held up, nothing lies over it; then all is as it was."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth._napari.layers.frames import covering

from .brush import STEPS, labels_of, preview, rested, stop
from .conftest import errors
from .hands import click

Press = Callable[..., None]
Settle = Callable[[], None]


def looks(viewer: Viewer) -> dict[str, bool]:
    return {layer.name: layer.visible for layer in viewer.layers}


def test_frames_step_aside(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, press: Press, settle: Settle, photo: np.ndarray
) -> None:
    keeper.keep_frames = True
    press(painting)
    settle()
    frames = next(layer for layer in viewer.layers if covering(layer))
    before = looks(viewer)
    keeper.compare(True)
    settle()
    assert looks(viewer) == before | {frames.name: False}
    np.testing.assert_array_equal(keeper.active.layer.data, photo)
    keeper.compare(False)
    assert looks(viewer) == before and (keeper.active.layer.data != photo).any()


def test_frames_of_before_stay_hidden_when_an_edit_came_meanwhile(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, press: Press, settle: Settle
) -> None:
    keeper.keep_frames = True
    press(painting)
    settle()
    frames = next(layer for layer in viewer.layers if covering(layer))
    keeper.compare(True)
    settle()
    keeper.undo()
    settle()
    keeper.compare(False)
    assert not frames.visible and errors() == []


def test_the_difference_steps_aside(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, press: Press, settle: Settle
) -> None:
    painting.task.value = "counterfactual"
    painting.parameters.widgets["steps"].value = 2
    press(painting)
    settle()
    before = looks(viewer)
    (difference,) = (name for name in before if "difference" in name)
    keeper.compare(True)
    assert looks(viewer) == before | {difference: False}
    keeper.compare(False)
    assert looks(viewer) == before


def test_the_preview_of_a_first_run_steps_aside(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, press: Press, qtbot: QtBot
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    name = "photo · paint (running)"
    qtbot.waitUntil(lambda: name in viewer.layers and viewer.layers[name].data.shape != (2, 2, 4), timeout=30_000)
    keeper.compare(True)
    assert not looks(viewer)[name]
    keeper.compare(False)
    assert looks(viewer)[name]
    press(painting, "stop_button")
    assert name not in viewer.layers and errors() == []


def test_the_preview_of_the_live_brush_steps_aside(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    labels_of(live).paint((30, 40), 1)
    rested(live, qtbot, STEPS)
    keeper = live.history._keeper
    keeper.compare(True)
    assert not preview(viewer).visible
    keeper.compare(False)
    assert preview(viewer).visible
    stop(live, qtbot)


def test_a_run_started_meanwhile_goes_on_with_the_result(
    painting: SynthesisDock,
    history: HistoryDock,
    viewer: Viewer,
    keeper: Keeper,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    press(painting)
    settle()
    once = keeper.active.layer.data
    keeper.compare(True)
    settle()
    painting.inputs.mask_layer.value.data = np.roll(painting.inputs.mask_layer.value.data, 20, 1)
    click(qtbot, painting.run_button)
    keeper.compare(False)
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)
    settle()
    entries = list(keeper.active.history.entries.values())
    assert [entry.parent for entry in entries] == [None, entries[0].number, entries[1].number]
    where = painting.inputs.mask_layer.value.data == 0
    np.testing.assert_array_equal(keeper.active.layer.data[where], once[where])
    assert not history.compare_button.isDown() and errors() == []
