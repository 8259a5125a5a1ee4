"""The list of edits: go back, branch, accept, forget."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QMessageBox

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth._napari.layers.recipes import RECIPE

from .hands import click


def rows(dock: HistoryDock) -> Iterator[tuple[int, str]]:
    """Depth and words of each row, from top to bottom."""
    item = dock.list.topLevelItem(0)
    while item is not None:
        depth, above = 0, item.parent()
        while above is not None:
            depth, above = depth + 1, above.parent()
        yield depth, item.text(0).splitlines()[0]
        item = dock.list.itemBelow(item)


def test_the_list_branch_and_click(
    history: HistoryDock,
    painting: SynthesisDock,
    viewer: Viewer,
    run: Callable[[str], np.ndarray],
    settle: Callable[[], None],
    qtbot: QtBot,
) -> None:
    assert history.empty.isVisible() and not history.list.isVisible()
    first, second = run("church"), run("tench")
    click(qtbot, history.undo_button)
    settle()
    branch = run("golden retriever")
    church = "paint · church"
    assert list(rows(history)) == [(0, "original"), (0, church), (1, "paint · golden retriever"), (0, "paint · tench")]
    layer = viewer.layers["photo · paint"]
    for row, picture in ((3, second), (1, first), (2, branch)):
        item = history.list.topLevelItem(0)
        for _ in range(row):
            item = history.list.itemBelow(item)
        history.list.scrollToItem(item)
        place = history.list.visualItemRect(item).center()
        qtbot.mouseClick(history.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        settle()
        assert layer.data.tobytes() == picture.tobytes()
        assert history.list.currentItem().font(0).bold()
    assert "MB held" in history.status.text()


def test_accepted_into_the_source_and_taken_back(
    history: HistoryDock, viewer: Viewer, two_runs: list[np.ndarray], settle: Callable[[], None], qtbot: QtBot
) -> None:
    source, result = viewer.layers["photo"], viewer.layers["photo · paint"]
    source.metadata["mine"] = 1
    click(qtbot, history.accept_button)
    settle()
    assert np.array_equal(source.data, two_runs[2]) and source.data is not result.data
    assert source.metadata[RECIPE]["label"] == "tench"
    assert list(rows(history)) == [(0, "original"), (0, "accepted · photo · paint")]
    click(qtbot, history.undo_button)
    settle()
    assert source.data.tobytes() == two_runs[0].tobytes() and source.metadata == {"mine": 1}
    assert np.array_equal(result.data, two_runs[2])
    viewer.layers.selection.active = result
    assert len(list(rows(history))) == 3, "the list follows the layer selected"


def test_forgotten_when_asked(
    history: HistoryDock,
    viewer: Viewer,
    two_runs: list[np.ndarray],
    settle: Callable[[], None],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    keeper: Keeper,
) -> None:
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    for entries in (3, 1):
        click(qtbot, history.forget_button)
        settle()
        assert len(keeper.active.history.entries) == entries
    assert np.array_equal(viewer.layers["photo · paint"].data, two_runs[2])
    assert not history.undo_button.isEnabled()
