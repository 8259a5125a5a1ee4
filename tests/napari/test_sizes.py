"""Edits that change the size of a picture can be undone, and the layer covers the same ground."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth.history.edit import Edit

from .conftest import PLACE, errors
from .hands import click
from .scopes import work_on

Press = Callable[..., None]
Settle = Callable[[], None]


def test_super_resolve_is_undone(
    painting: SynthesisDock,
    viewer: Viewer,
    photo: np.ndarray,
    history: HistoryDock,
    run: Callable[[str], np.ndarray],
    settle: Settle,
    qtbot: QtBot,
) -> None:
    small, keeper = run("church"), history.keeper
    layer, source = keeper.active.layer, viewer.layers["photo"]
    painting.task.value = "super-resolve"
    painting.parameters.widgets["factor"].value = 2
    painting.parameters.widgets["steps"].value = 1
    large = run("church")
    assert keeper.active.layer is layer and large.shape == (144, 192, 3), "edits of a result add up"
    assert not history.accept_button.isEnabled() or "undo to that size" in history.accept_button.toolTip()
    for button, picture in (
        (history.undo_button, small),
        (history.undo_button, photo),
        (history.redo_button, small),
        (history.redo_button, large),
    ):
        click(qtbot, button)
        settle()
        assert layer.data.tobytes() == picture.tobytes()
        for corner in ((-0.5, -0.5), (71.5, 95.5)):
            there = (np.array(corner) + 0.5) * (picture.shape[0] / 72) - 0.5
            np.testing.assert_allclose(layer.data_to_world(there), source.data_to_world(corner), atol=1e-6)
    keeper.compare(True)
    settle()
    assert np.array_equal(layer.data, photo)
    keeper.compare(False)
    assert np.array_equal(layer.data, large)
    np.testing.assert_allclose(layer.scale, np.array(PLACE["scale"]) / 2)


def test_super_resolve_of_a_slice_is_undone(
    painting: SynthesisDock,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    data = np.random.default_rng(0).integers(0, 255, (2, 72, 96), np.uint8)
    work_on(painting, data, (1,), contrast_limits=(0, 255), scale=(5, 2, 3))
    painting.task.value = "super-resolve"
    painting.parameters.widgets["factor"].value = 4
    painting.parameters.widgets["steps"].value = 1
    for _ in range(2):
        press(painting)
        settle()
        layer = history.keeper.active.layer
        assert layer.data.shape == (1, 288, 384) and layer.scale.tolist() == [5, 0.5, 0.75]
    click(qtbot, history.undo_button)
    settle()
    assert np.array_equal(layer.data[0], data[1]) and layer.scale.tolist() == [5, 2, 3]
    np.testing.assert_allclose(layer.data_to_world((0, 0, 0)), (5, 0, 0), atol=1e-9)
    click(qtbot, history.accept_button)
    settle()
    assert errors() == []


def test_a_picture_of_another_size_given_meanwhile_keeps_its_pixels_size(
    viewer: Viewer, two_runs: list[np.ndarray], run: Callable[[str], np.ndarray], settle: Settle, keeper: Keeper
) -> None:
    layer = viewer.layers["photo · paint"]
    layer.data = np.zeros((20, 20, 3), np.uint8)
    keeper.undo()
    settle()
    keeper.record(layer, two_runs[0], two_runs[1], Edit("paint"))
    settle()
    assert layer.data.shape == (72, 96, 3)
    np.testing.assert_allclose(layer.scale, PLACE["scale"])
    keeper.undo()
    settle()
    assert np.array_equal(layer.data, two_runs[0])
