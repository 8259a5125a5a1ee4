"""What histories may hold, all windows together: the oldest edits go, and the user is told which."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.settings import get_plugin_settings
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import PLUGIN
from napari_robust_synth._napari.history.keeper import Keeper, keeper_of
from napari_robust_synth._napari.history.step import farewell
from napari_robust_synth._napari.history.windows import held, room
from napari_robust_synth._napari.layers.destination import Spot
from napari_robust_synth._napari.layers.frames import STEPS
from napari_robust_synth._napari.window.preferences import MEGABYTE, history_limit
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History

from .conftest import errors
from .edits import NAMES, PICTURES, edit


@pytest.fixture
def keeper(viewer: Viewer) -> Keeper:
    """A window with a layer that shows what was done to a picture of 270 kB."""
    notification_manager.records.clear()
    viewer.add_image(PICTURES[0], name="result", rgb=True)
    return keeper_of(viewer)


@pytest.fixture
def settle(keeper: Keeper, qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)


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
    assert held() <= MEGABYTE
    (told,) = errors()
    assert told.startswith("The history is full (1 MB): paint · first (")
    assert told.endswith(
        ") of 'result' can't be gone back to any more. The limit is in the preferences, under Robust Synthesis"
    )
    for _ in range(5):
        keeper.undo()
    settle()
    assert np.array_equal(viewer.layers["result"].data, PICTURES[0]), "the original is still there"


def test_a_lower_limit_holds_at_once(keeper: Keeper, settle: Callable[[], None]) -> None:
    limit(5)
    edit(keeper, 0, 5)
    settle()
    assert held() > MEGABYTE
    limit(1)
    settle()
    assert held() <= MEGABYTE and len(errors()) == 1
    assert re.search(r"paint · first \(\d\d:\d\d:\d\d\) of 'result', paint · second", errors()[0])


def test_no_more_than_three_are_named(keeper: Keeper) -> None:
    history = History.begin(PICTURES[0], Edit("original"))
    for before, after, name in zip(PICTURES, PICTURES[1:], NAMES, strict=False):
        history = history.record(before, before, after, Edit("paint", name))
    layer = keeper.viewer.layers["result"]
    told = farewell([(layer, entry) for entry in history.entries.values()])
    assert "paint · second (" in told and "third" not in told and " of 'result' and 3 more can't be" in told


def test_all_windows_share_the_limit(
    keeper: Keeper, settle: Callable[[], None], make_napari_viewer: Callable[[], Viewer], qtbot: QtBot
) -> None:
    limit(1)
    edit(keeper, 0, 2)
    settle()
    other = keeper_of(make_napari_viewer())
    other.viewer.add_image(PICTURES[0], name="result", rgb=True)
    edit(other, 0, 3)
    qtbot.waitUntil(lambda: not other.jobs.busy and not keeper.jobs.busy, timeout=30_000)
    assert held() <= MEGABYTE
    assert len(other.active.history.entries) == 4, "what was edited first goes, be it in the other window"
    assert len(keeper.active.history.entries) < 3
    other.viewer.close()
    qtbot.waitUntil(lambda: held() == sum(t.history.nbytes for t in keeper.timelines.values()), timeout=5_000)


def test_a_source_that_was_removed_is_let_go(keeper: Keeper, settle: Callable[[], None], viewer: Viewer) -> None:
    source = viewer.add_image(PICTURES[0], name="source", rgb=True)
    keeper.record(viewer.layers["result"], PICTURES[0], PICTURES[1], Edit("paint"), source, (Spot(source),))
    settle()
    assert keeper.active.origin is source and keeper.into
    viewer.layers.remove(source)
    assert keeper.active.origin is None and keeper.active.into == ()


def test_frames_take_their_part_of_the_room(keeper: Keeper, viewer: Viewer) -> None:
    before = room()
    viewer.add_image(np.zeros((4, 50, 50)), metadata={STEPS: [0, 1, 2, 3]})
    assert room() == before - 4 * 50 * 50 * 8


def test_an_edit_that_is_too_large_is_shown_all_the_same(
    keeper: Keeper, settle: Callable[[], None], viewer: Viewer
) -> None:
    limit(1)
    one, other = np.random.default_rng(0).integers(0, 256, (2, 700, 700, 3), np.uint8)
    layer = viewer.add_image(one, rgb=True)
    keeper.record(layer, one, other, Edit("paint"))
    settle()
    assert layer.data is other and keeper.active.history.undo is None
    assert held() <= MEGABYTE
