"""Trainings that are cancelled, fail, are closed upon, and found again."""

from pathlib import Path
from threading import Event as Flag

import pytest
from napari import Viewer
from PIL import Image
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication

from napari_robust_synth._napari.training import dock as training_dock
from napari_robust_synth._napari.training import watch as training_watch
from napari_robust_synth._napari.training.closing import GO_ON, STOP
from napari_robust_synth._napari.training.dock import TrainDock
from napari_robust_synth._napari.training.panels import FOLDER
from napari_robust_synth._napari.training.process import Training, trainings
from napari_robust_synth._napari.training.request import raise_if
from napari_robust_synth.models.store import models_folder

from .conftest import errors
from .hands import LEFT, Choose, Open, click, rename, type_into, wait_for_end


def test_cancel_resume_and_a_name_that_is_taken(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot
) -> None:
    _, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: " left" in dock.status.text(), timeout=30_000)
    assert not dock.resume_button.isVisible()
    click(qtbot, dock.cancel_button)
    wait_for_end(qtbot, dock)
    assert dock.status.text() == "Stopped. Resume goes on from the last checkpoint." and errors() == []
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert len(errors()) == 1 and "press Resume, or choose another name" in errors()[0]
    click(qtbot, dock.resume_button)
    wait_for_end(qtbot, dock)
    assert dock.status.text().startswith("'my classifier' is trained") and dock.use_button.isVisible()
    assert dock.model_name.value == "my classifier 2"
    dock.model_name.value = "my classifier"
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert "there is a model 'my classifier' already" in errors()[-1]


def test_cancel_in_the_activity_dock_and_a_process_that_does_not_listen(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, dock = ready
    stand_in("deaf")
    monkeypatch.setattr(training_watch, "GRACE_MS", 300)
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    dock.watch._bars[0].cancel()
    wait_for_end(qtbot, dock)
    assert dock.resume_button.isVisible() and errors() == []


def test_a_training_that_fails(ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot) -> None:
    _, dock = ready
    stand_in("early")
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert errors() == ["the training of 'my classifier' failed: the pictures are no good"]
    assert "Nothing was kept" in dock.status.text()
    qtbot.waitUntil(lambda: list(models_folder().iterdir()) == [], timeout=5_000)


def test_cancelled_before_it_began(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_before_cancel(cancelled: Flag) -> None:
        assert cancelled.wait(30)
        raise_if(cancelled)

    monkeypatch.setattr(training_dock, "raise_if", not_before_cancel)
    _, dock = ready
    dock.train_button.click()
    dock.cancel_button.click()
    wait_for_end(qtbot, dock)
    assert errors() == [] and dock.status.text() == "Cancelled; nothing was kept."
    assert list(models_folder().iterdir()) == []


def close(viewer: Viewer, qtbot: QtBot, answer: str) -> None:
    """Close the viewer, and answer what it asks."""
    answered = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        qtbot.mouseClick(next(button for button in box.buttons() if button.text() == answer), LEFT)
        answered.append(box)

    QTimer.singleShot(300, press)
    QTimer.singleShot(0, viewer.close)  # in the event loop, where windows are closed
    qtbot.waitUntil(lambda: bool(answered), timeout=10_000)
    qtbot.wait(100)


def test_goes_on_when_the_window_closes_and_is_found_again(
    ready: tuple[Viewer, TrainDock], window: Open, stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    close(viewer, qtbot, GO_ON)
    assert trainings()[0].running
    _, again = window()
    qtbot.waitUntil(lambda: len(again.curves.events) > 3, timeout=30_000)
    assert again.cancel_button.isEnabled() and "my classifier" in again.watch._bars[0].desc
    click(qtbot, again.cancel_button)
    wait_for_end(qtbot, again)
    assert again.resume_button.isVisible()


def test_a_script_that_closes_the_viewer_is_not_asked(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    viewer.close()
    assert trainings()[0].running


def test_stops_when_the_window_closes_and_resumes_later(
    ready: tuple[Viewer, TrainDock], window: Open, stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    close(viewer, qtbot, STOP)
    qtbot.waitUntil(lambda: not trainings()[0].running, timeout=10_000)
    _, again = window()
    qtbot.waitUntil(lambda: bool(again.status.text()), timeout=5_000)
    assert "'my classifier' was stopped" in again.status.text()
    click(qtbot, again.resume_button)
    wait_for_end(qtbot, again)
    assert again.use_button.isVisible()


def test_what_ended_without_a_window_is_offered_by_the_next(
    ready: tuple[Viewer, TrainDock], window: Open, stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("long")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: dock.watch.running, timeout=30_000)
    close(viewer, qtbot, GO_ON)
    qtbot.waitUntil(lambda: not trainings()[0].running, timeout=30_000)
    _, again = window()
    qtbot.waitUntil(lambda: bool(again.status.text()), timeout=5_000)
    assert again.use_button.isVisible() and again.status.text() == "'my classifier' is trained"
    qtbot.waitUntil(lambda: trainings() == [], timeout=5_000)


def test_what_failed_without_a_window_is_told_by_the_next(window: Open, stand_in: Choose, qtbot: QtBot) -> None:
    stand_in("early")
    folder = models_folder() / "mine"
    folder.mkdir(parents=True)
    training = Training(folder).start(folder)
    qtbot.waitUntil(lambda: not training.running, timeout=30_000)
    window()
    qtbot.waitUntil(lambda: bool(errors()), timeout=5_000)
    assert errors() == ["the training of 'mine' failed: the pictures are no good"]
    qtbot.waitUntil(lambda: not folder.exists(), timeout=5_000)


def test_a_folder_of_pictures(window: Open, stand_in: Choose, tmp_path: Path, qtbot: QtBot) -> None:
    stand_in("quick")
    for name, count in (("trainA", 12), ("trainB", 11)):
        (tmp_path / "pair" / name).mkdir(parents=True)
        for i in range(count):
            Image.new("L", (8, 8)).save(tmp_path / "pair" / name / f"{i}.png")
    _, dock = window()
    dock.source.kind.value = FOLDER
    type_into(qtbot, dock.source.folder.line_edit.native, str(tmp_path / "pair"))
    qtbot.waitUntil(lambda: dock.source.table.rowCount() == 2, timeout=10_000)
    rename(qtbot, dock, 0, "cat")
    assert dock.source.table.names() == {"A": "cat", "B": "B"}
    assert [dock.source.table.item(row, 1).text() for row in (0, 1)] == ["12", "11"]
    dock.config.value = "domain-pair"
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: dock.watch.running, timeout=30_000)
    config = (models_folder() / "my classifier" / "training.toml").read_text()
    assert 'A = "cat"' in config and "hold_out = 0.1" in config
    wait_for_end(qtbot, dock)
    assert dock.use_button.isVisible() and (tmp_path / "pair" / "trainA" / "0.png").exists()
