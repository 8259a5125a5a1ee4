"""The tour: from the empty state to a painted result, with clicks; it holds nothing up, and can be left anywhere."""

from time import sleep

import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QPoint, QRect, Qt
from qtpy.QtWidgets import QWidget

from napari_robust_synth._napari.commands import take_tour
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth._napari.tour import DONE, RUN, WORDS, Tour, controls

from .conftest import errors
from .hands import click


@pytest.fixture
def tour(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> Tour:
    viewer.window.resize(1200, 900)
    viewer.show()
    dock.parameters.widgets["steps"].value = 3
    click(qtbot, dock.tour_button)
    (tour,) = dock.findChildren(Tour)
    return tour


def place(control: QWidget, dock: SynthesisDock) -> QRect:
    return QRect(control.mapTo(dock, QPoint(0, 0)), control.size())


def test_from_the_empty_state_to_a_painted_result(
    tour: Tour, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot
) -> None:
    assert not dock.tour_button.isVisible() and len(viewer.layers) == 2 and 5 <= len(WORDS) <= 6
    for number, (control, words) in enumerate(zip(controls(dock)[:DONE], WORDS, strict=False), start=1):
        qtbot.waitUntil(lambda control=control: tour.pointer.geometry().contains(place(control, dock)), timeout=5_000)
        assert tour.words.text() == words and tour.count.text() == f"{number} of {len(WORDS)}"
        assert not tour.geometry().intersects(tour.pointer.geometry()) and dock.rect().contains(tour.geometry())
        click(qtbot, tour.next_button)
    assert dock.session is not None and not tour.next_button.isEnabled() and "press Stop" in tour.words.text()
    qtbot.waitUntil(lambda: tour.at == DONE, timeout=30_000)
    assert viewer.layers[-1].name.endswith("· paint")
    assert tour.next_button.text() == "Finish" and not tour.skip_button.isVisible()
    click(qtbot, tour.next_button)
    qtbot.waitUntil(lambda: dock.findChildren(Tour) == [], timeout=5_000)
    assert viewer.layers[-1].name.endswith("· paint") and errors() == []


def test_with_keys_and_skipped(tour: Tour, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    assert dock.window().focusWidget() is tour.next_button
    qtbot.keyClick(tour.next_button, Qt.Key.Key_Return)
    assert tour.at == 1
    qtbot.keyClick(tour.next_button, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dock.findChildren(Tour) == [], timeout=5_000)
    assert len(viewer.layers) == 2 and dock.session is None


def test_whoever_runs_away_from_the_tour_arrives_too(tour: Tour, dock: SynthesisDock, qtbot: QtBot) -> None:
    click(qtbot, dock.run_button)
    qtbot.waitUntil(lambda: dock.session is None and tour.at == DONE, timeout=30_000)


def test_a_run_that_is_over_before_the_window_is_back_counts(tour: Tour, dock: SynthesisDock, qtbot: QtBot) -> None:
    def hold() -> None:
        worker = dock.session.worker
        while worker.is_running:
            sleep(0.01)

    dock.run_button.clicked.connect(hold)
    for _ in range(RUN + 1):
        click(qtbot, tour.next_button)
    qtbot.waitUntil(lambda: tour.at == DONE, timeout=5_000)


def test_a_run_that_fails_is_not_called_painted(
    tour: Tour, dock: SynthesisDock, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def fail(_: Request) -> None:
        raise ValueError("it does not work")

    for _ in range(RUN):
        click(qtbot, tour.next_button)
    with monkeypatch.context() as broken:
        broken.setattr(Request, "prepare", fail)
        click(qtbot, tour.next_button)
        qtbot.waitUntil(lambda: dock.session is None and tour.next_button.isEnabled(), timeout=30_000)
    assert tour.at == RUN and tour.words.text() == WORDS[RUN] and errors() == ["it does not work"]
    click(qtbot, tour.next_button)
    qtbot.waitUntil(lambda: tour.at == DONE, timeout=30_000)


def test_layers_and_task_may_go_meanwhile(tour: Tour, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    click(qtbot, tour.next_button)
    dock.task.value = "generate"
    qtbot.waitUntil(lambda: not tour.pointer.isVisible(), timeout=5_000)
    assert tour.isVisible() and dock.rect().contains(tour.geometry())
    dock.task.value = "paint"
    viewer.layers.clear()
    for _ in range(RUN - 1):
        click(qtbot, tour.next_button)
    qtbot.waitUntil(lambda: not tour.next_button.isEnabled(), timeout=5_000)
    click(qtbot, dock.sample_button)
    qtbot.waitUntil(tour.next_button.isEnabled, timeout=5_000)
    assert errors() == []


def test_the_dock_may_be_closed_in_the_middle_and_the_tour_taken_again(
    tour: Tour, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot
) -> None:
    dock.run()
    viewer.window.remove_dock_widget(dock)
    qtbot.waitUntil(lambda: dock.session is None, timeout=30_000)
    qtbot.wait(150)
    take_tour(viewer)
    (again,) = (w for w in viewer.window.dock_widgets.values() if isinstance(w, SynthesisDock))
    again.session or take_tour(viewer)
    assert again is not dock and len(again.findChildren(Tour)) >= 1
    qtbot.waitUntil(lambda: " ready " in again.status.text(), timeout=60_000)
    assert len(again.findChildren(Tour)) == 1 and errors() == []
    again.run()
    take_tour(viewer)
    assert errors() == ["A run is under way: stop it, then take the tour"]
    qtbot.waitUntil(lambda: again.session is None, timeout=30_000)
