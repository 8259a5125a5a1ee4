"""Undo, redo, branch, keys: with real clicks, on what real runs made."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.settings import get_settings
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history import windows
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import COMPARE_KEY, REDO_KEY, UNDO_KEY, Keeper
from napari_robust_synth._napari.layers.recipes import RECIPE

from .conftest import errors
from .hands import click

CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def test_runs_go_on_in_one_layer_and_are_undone(
    painting: SynthesisDock, viewer: Viewer, two_runs: list[np.ndarray], settle: Callable[[], None], qtbot: QtBot
) -> None:
    photo, first, second = two_runs
    assert [layer.name for layer in viewer.layers] == ["photo", "region", "photo · paint"]
    layer = viewer.layers["photo · paint"]
    assert painting.inputs.image_layer.value is layer, "the next run goes on from the result"
    assert (first != second).any()
    bar = painting.history
    assert bar.undo_button.toolTip() == "Undo paint · tench in photo · paint (Ctrl+Alt+Z)"
    for button, picture, label in (
        (bar.undo_button, first, "church"),
        (bar.undo_button, photo, None),
        (bar.redo_button, first, "church"),
        (bar.redo_button, second, "tench"),
    ):
        click(qtbot, button)
        settle()
        assert layer.data.tobytes() == picture.tobytes()
        assert layer.metadata.get(RECIPE, {}).get("label") == label
    assert not bar.redo_button.isEnabled()
    assert np.array_equal(viewer.layers["photo"].data, photo)


def test_a_run_ends_once_the_next_can_go_on_with_it(
    painting: SynthesisDock, viewer: Viewer, press: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = windows.fitted
    monkeypatch.setattr(windows, "fitted", lambda *args: time.sleep(0.5) or real(*args))
    for _ in range(2):
        press(painting)
        assert painting.inputs.image_layer.value is viewer.layers["photo · paint"]
    assert len(viewer.layers) == 3 and errors() == []


def test_clicks_in_haste_all_count(
    painting: SynthesisDock, viewer: Viewer, two_runs: list[np.ndarray], settle: Callable[[], None], qtbot: QtBot
) -> None:
    for _ in range(2):
        click(qtbot, painting.history.undo_button)
    settle()
    assert np.array_equal(viewer.layers["photo · paint"].data, two_runs[0])


def test_a_run_on_the_source_is_a_branch_from_the_original(
    painting: SynthesisDock,
    viewer: Viewer,
    two_runs: list[np.ndarray],
    run: Callable[[str], np.ndarray],
    keeper: Keeper,
) -> None:
    painting.inputs.image_layer.value = viewer.layers["photo"]
    assert keeper.active.layer.name == "photo · paint"
    again = run("church")
    assert len(viewer.layers) == 3
    assert np.array_equal(again, two_runs[1]), "the same run on the same picture"
    assert keeper.active.history.undo == keeper.active.history.root


def test_a_new_layer_on_request(
    painting: SynthesisDock, viewer: Viewer, run: Callable[[str], np.ndarray], qtbot: QtBot
) -> None:
    run("church")
    click(qtbot, painting.history.new_layer)
    run("tench")
    assert [layer.name for layer in viewer.layers][2:] == ["photo · paint", "photo · paint · paint"]
    assert painting.inputs.image_layer.value is viewer.layers["photo · paint"]


def test_keys(
    viewer: Viewer, two_runs: list[np.ndarray], settle: Callable[[], None], history: HistoryDock, qtbot: QtBot
) -> None:
    layer, window = viewer.layers["photo · paint"], viewer.window._qt_window
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL_ALT)
    settle()
    assert np.array_equal(layer.data, two_runs[1])
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL_ALT | Qt.KeyboardModifier.ShiftModifier)
    settle()
    assert np.array_equal(layer.data, two_runs[2])
    qtbot.keyPress(window, Qt.Key.Key_H)
    settle()
    assert np.array_equal(layer.data, two_runs[0])
    qtbot.keyRelease(window, Qt.Key.Key_H)
    assert np.array_equal(layer.data, two_runs[2])
    qtbot.mousePress(history.compare_button, Qt.MouseButton.LeftButton)
    settle()
    assert np.array_equal(layer.data, two_runs[0])
    qtbot.mouseRelease(history.compare_button, Qt.MouseButton.LeftButton)
    assert np.array_equal(layer.data, two_runs[2])


def test_the_keys_are_ours_alone(viewer: Viewer) -> None:
    from app_model.types import KeyBinding
    from napari._app_model import get_app_model
    from napari.layers import Image, Labels, Points, Shapes, Surface, Tracks, Vectors
    from napari.layers.base import Layer

    taken = {str(key) for keys in get_settings().shortcuts.shortcuts.values() for key in keys}
    taken |= {str(rule.keybinding) for rule in get_app_model().keybindings}
    for kind in (Layer, Image, Labels, Points, Shapes, Surface, Tracks, Vectors, Viewer):
        taken |= {str(key) for key in kind.class_keymap}
    assert {"Ctrl+Z", "Ctrl+Shift+Z"} <= taken, "what strokes on labels are undone with"
    assert (
        not {
            str(KeyBinding.from_str(key.replace("-", "+").replace("Control", "Ctrl")))
            for key in (UNDO_KEY, REDO_KEY, COMPARE_KEY)
        }
        & taken
    )
