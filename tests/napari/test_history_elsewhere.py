"""Pictures that something else changes, and memory that runs out: nothing is lost, or a user is told."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer

from napari_robust_synth._napari.history import windows
from napari_robust_synth._napari.history.keeper import Keeper

from .conftest import errors


def test_what_something_else_changed_is_an_edit(
    viewer: Viewer, two_runs: list[np.ndarray], settle: Callable[[], None], keeper: Keeper
) -> None:
    layer = viewer.layers["photo · paint"]
    layer.data = two_runs[2] + 1
    keeper.undo()
    settle()
    assert np.array_equal(layer.data, two_runs[2])
    keeper.redo()
    settle()
    assert np.array_equal(layer.data, two_runs[2] + 1)
    layer.data = np.zeros((5, 6, 3), np.uint8)
    keeper.undo()
    settle()
    assert layer.data.shape == (5, 6, 3) and len(keeper.active.history.entries) == 1
    assert len(errors()) == 1 and "is of another kind now: its earlier edits can't be undone" in errors()[0]


def test_what_something_else_shows_while_the_original_is_shown_stays(
    viewer: Viewer, two_runs: list[np.ndarray], settle: Callable[[], None], keeper: Keeper
) -> None:
    layer = viewer.layers["photo · paint"]
    keeper.compare(True)
    settle()
    layer.data = two_runs[1] + 1
    keeper.compare(False)
    settle()
    assert np.array_equal(layer.data, two_runs[1] + 1)
    keeper.undo()
    settle()
    assert np.array_equal(layer.data, two_runs[2]) and errors() == []


def test_a_run_on_a_picture_changed_in_place_says_what_is_lost(
    viewer: Viewer, two_runs: list[np.ndarray], run: Callable[[str], np.ndarray], keeper: Keeper
) -> None:
    viewer.layers["photo · paint"].data[0, 0] += 1
    run("church")
    assert len(errors()) == 1 and "changed in place by something else: its earlier edits" in errors()[0]
    assert len(keeper.active.history.entries) == 2


def test_memory_that_runs_out_while_an_edit_is_kept_loses_nothing(
    viewer: Viewer,
    two_runs: list[np.ndarray],
    run: Callable[[str], np.ndarray],
    settle: Callable[[], None],
    keeper: Keeper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(windows, "fitted", fails)
        third = run("church")
    layer = viewer.layers["photo · paint"]
    assert errors() == ["not enough memory: choose a smaller working size or fewer pictures"]
    assert np.array_equal(layer.data, third)
    keeper.undo()
    settle()
    assert np.array_equal(layer.data, two_runs[2])
    keeper.redo()
    settle()
    assert np.array_equal(layer.data, third)


def test_a_picture_changed_in_place_is_not_undone_wrongly(
    viewer: Viewer,
    two_runs: list[np.ndarray],
    run: Callable[[str], np.ndarray],
    settle: Callable[[], None],
    keeper: Keeper,
) -> None:
    layer = viewer.layers["photo · paint"]
    layer.data[0, 0] += 1
    changed = layer.data.copy()
    keeper.undo()
    settle()
    assert len(errors()) == 1 and "changed in place by something else" in errors()[0]
    assert np.array_equal(layer.data, changed)
    run("church")
    keeper.undo()
    settle()
    assert np.array_equal(layer.data, changed)


@pytest.mark.parametrize("noticed", [False, True])
def test_accepting_after_a_change_in_place_takes_all_that_is_shown(
    viewer: Viewer,
    two_runs: list[np.ndarray],
    run: Callable[[str], np.ndarray],
    settle: Callable[[], None],
    keeper: Keeper,
    noticed: bool,
) -> None:
    viewer.layers["photo · paint"].data[0, 0] += 1
    if noticed:
        keeper.undo()
        settle()
    shown = run("church").copy()
    keeper.accept()
    settle()
    assert np.array_equal(viewer.layers["photo"].data, shown)
