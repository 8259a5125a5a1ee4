"""Layers and windows that go away: a clean end, and the user is told."""

from collections.abc import Callable
from threading import Event

import numpy as np
import pytest
from napari import Viewer
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QThreadPool

from napari_robust_synth._napari.dock import PLUGIN
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import Keeper, keeper_of

from .conftest import errors
from .edits import PICTURES, edit


@pytest.fixture
def keeper(viewer: Viewer) -> Keeper:
    """A window with a layer that shows what was done to a picture of 270 kB."""
    notification_manager.records.clear()
    viewer.add_image(PICTURES[0], name="result", rgb=True)
    return keeper_of(viewer)


@pytest.fixture
def settle(keeper: Keeper, qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)


def during(keeper: Keeper, what: Callable[[], object], settle: Callable[[], None], qtbot: QtBot) -> None:
    """Do something while an edit, an undo and more wait for their turn."""
    edit(keeper, 0, 2)
    settle()
    gate = Event()
    keeper.jobs.add(lambda: gate.wait(30), lambda _: None)
    edit(keeper, 2, 3)
    keeper.undo()
    keeper.compare(True)
    keeper.accept()
    what()
    gate.set()
    settle()
    keeper.compare(False)
    keeper.undo()
    keeper.redo()
    settle()


def test_the_layer_is_removed_while_work_waits(
    keeper: Keeper, settle: Callable[[], None], viewer: Viewer, qtbot: QtBot
) -> None:
    during(keeper, lambda: viewer.layers.remove("result"), settle, qtbot)
    assert keeper.timelines == {} and keeper.active is None
    assert errors() == [] and len(viewer.layers) == 0


def test_the_layer_is_renamed_moved_and_hidden_while_work_waits(
    keeper: Keeper, settle: Callable[[], None], viewer: Viewer, qtbot: QtBot
) -> None:
    def change() -> None:
        viewer.add_image(PICTURES[0], rgb=True)
        viewer.layers.move(0, 1)
        viewer.layers["result"].visible = False
        viewer.layers["result"].name = "other"

    during(keeper, change, settle, qtbot)
    assert errors() == []
    assert np.array_equal(viewer.layers["other"].data, PICTURES[2])


def test_the_data_is_replaced_by_what_is_not_in_memory(
    keeper: Keeper, settle: Callable[[], None], viewer: Viewer, qtbot: QtBot
) -> None:
    import dask.array as da

    lazy = da.from_array(PICTURES[5])
    during(keeper, lambda: None, settle, qtbot)
    viewer.layers["result"].data = lazy
    keeper.undo()
    settle()
    assert viewer.layers["result"].data is lazy
    assert errors() == ["'result' has other data now, not in memory: its edits can't be undone any more"]


def test_the_window_is_closed_while_work_waits(keeper: Keeper, viewer: Viewer, qtbot: QtBot) -> None:
    gate = Event()
    keeper.jobs.add(lambda: gate.wait(30), lambda _: None)
    edit(keeper, 0, 2)
    keeper.undo()
    viewer.close()
    gate.set()
    QThreadPool.globalInstance().waitForDone(30_000)
    qtbot.wait(50)
    assert errors() == []


def test_one_history_a_window_for_docks_that_come_and_go(
    keeper: Keeper, settle: Callable[[], None], viewer: Viewer, make_napari_viewer: Callable[[], Viewer]
) -> None:
    area, dock = viewer.window.add_plugin_dock_widget(PLUGIN, "Edit history")
    assert isinstance(dock, HistoryDock) and dock.keeper is keeper
    edit(keeper, 0, 2)
    settle()
    viewer.window.remove_dock_widget(area)
    _, dock = viewer.window.add_plugin_dock_widget(PLUGIN, "Edit history")
    assert len(dock.keeper.active.history.entries) == 3
    assert keeper_of(make_napari_viewer()) is not keeper
