"""Limits, and layers and windows that go away: a clean end, and the user is told."""

from collections.abc import Callable
from threading import Event

import numpy as np
import pytest
from napari import Viewer
from napari.settings import get_plugin_settings
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QThreadPool

from napari_robust_synth._napari.dock import PLUGIN
from napari_robust_synth._napari.history_dock import HistoryDock
from napari_robust_synth._napari.keeper import Keeper, keeper_of
from napari_robust_synth._napari.preferences import MEGABYTE, history_limit
from napari_robust_synth.history.edit import Edit

from .conftest import errors

PICTURES = np.random.default_rng(0).integers(0, 256, (6, 300, 300, 3), np.uint8)


@pytest.fixture
def keeper(viewer: Viewer) -> Keeper:
    """A window with a layer that shows what was done to a picture of 270 kB."""
    notification_manager.records.clear()
    viewer.add_image(PICTURES[0], name="result", rgb=True)
    return keeper_of(viewer)


@pytest.fixture
def settle(keeper: Keeper, qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)


def edit(keeper: Keeper, first: int, last: int) -> None:
    for before, after in zip(PICTURES[first:last], PICTURES[first + 1 :], strict=False):
        keeper.record(keeper.viewer.layers["result"], before, after, Edit("paint"))


def limit(megabytes: int) -> None:
    get_plugin_settings(PLUGIN).history.limit = megabytes


def test_the_limit_is_a_preference_and_the_user_is_told_what_goes(
    keeper: Keeper, settle: Callable[[], None], viewer: Viewer
) -> None:
    assert history_limit() == 512 * MEGABYTE
    limit(1)
    edit(keeper, 0, 3)
    settle()
    assert errors() == [] and len(keeper.active.history.entries) == 4
    edit(keeper, 3, 4)
    settle()
    assert keeper.nbytes <= MEGABYTE
    assert errors() == [
        "The history is full (1 MB): the oldest edit of 'result' can't be gone back to any more. "
        "The limit is in the preferences, under Robust Synthesis"
    ]
    for _ in range(5):
        keeper.undo()
    settle()
    assert np.array_equal(viewer.layers["result"].data, PICTURES[0]), "the original is still there"


def test_a_lower_limit_holds_at_once(keeper: Keeper, settle: Callable[[], None]) -> None:
    limit(5)
    edit(keeper, 0, 5)
    settle()
    assert keeper.nbytes > MEGABYTE
    limit(1)
    settle()
    assert keeper.nbytes <= MEGABYTE and len(errors()) == 1


def test_an_edit_that_is_too_large_is_shown_all_the_same(
    keeper: Keeper, settle: Callable[[], None], viewer: Viewer
) -> None:
    limit(1)
    one, other = np.random.default_rng(0).integers(0, 256, (2, 700, 700, 3), np.uint8)
    layer = viewer.add_image(one, rgb=True)
    keeper.record(layer, one, other, Edit("paint"))
    settle()
    assert layer.data is other and keeper.active.history.undo is None
    assert keeper.nbytes <= MEGABYTE


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
    assert keeper.timelines == {} and keeper.active is None and keeper.nbytes == 0
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
    assert viewer.layers["result"].data is lazy and errors() == []


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
