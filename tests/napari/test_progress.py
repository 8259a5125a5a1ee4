from collections.abc import Iterator

import pytest
from napari.utils import progress as bars
from pytestqt.qtbot import QtBot
from qtpy.QtGui import QPaintEvent
from qtpy.QtWidgets import QProgressBar

from napari_robust_synth._napari.window.progress import LateProgress, move_bar

All = type(bars._all_instances)


@pytest.fixture
def shown() -> Iterator[All]:
    """The bars that are shown; none before, none afterwards."""
    assert not bars._all_instances
    yield bars._all_instances
    assert not bars._all_instances


def test_a_bar_comes_with_the_first_call_and_goes(shown: All) -> None:
    late = LateProgress("paint", lambda: None)
    assert not shown
    late.show(3, 10)
    (bar,) = shown
    assert (bar.desc, bar.n, bar.total) == ("paint", 3, 10)
    late.show(5, 20)
    assert set(shown) == {bar} and (bar.n, bar.total) == (5, 20)
    late.close()


def test_cancel_stops(shown: All) -> None:
    stopped: list[bool] = []
    late = LateProgress("paint", lambda: stopped.append(True))
    late.show(0, 10)
    late.bar.cancel()
    assert stopped == [True]
    late.close()


def test_what_ends_while_its_bar_is_made_leaves_none(shown: All) -> None:
    late = LateProgress("paint", lambda: None)

    def end(_: object) -> None:
        shown.events.changed.disconnect(end)
        late.show(1, 10)
        late.close()

    shown.events.changed.connect(end)
    late.show(0, 10)
    late.show(2, 10)


class Bar(QProgressBar):
    """A bar that counts how often it is painted."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        super().paintEvent(event)


def test_a_bar_moves_with_the_next_frame(qtbot: QtBot) -> None:
    bar = Bar()
    qtbot.addWidget(bar)
    with qtbot.waitExposed(bar):
        bar.show()
    qtbot.waitUntil(lambda: bar.painted > 0)
    before = bar.painted
    move_bar(bar, 3, 10)
    assert bar.painted == before, "not at once, which would paint the window for it"
    qtbot.waitUntil(lambda: bar.painted > before)
    assert (bar.value(), bar.maximum()) == (3, 10)
