"""A training in its own process: begun, followed, stopped, resumed, found again; `train` itself, not a stand-in."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QObject

from napari_robust_synth._napari.evaluation.process import EvaluationProcess
from napari_robust_synth._napari.training import process as training_process
from napari_robust_synth._napari.training.process import CONFIG, Training, trainings
from napari_robust_synth.models.store import HOME_VARIABLE, keep_in, models_folder
from napari_robust_synth.training import checkpoint

TINY = """
arch = "resnet18"
init = "scratch"
size = 32
epochs = 3
batch = 4
workers = 0
seed_rank = 2
eps = 0.0
"""


def wait(condition: Callable[[], bool], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    random = np.random.default_rng(0)
    for name, offset in (("light", 128), ("dark", 0)):
        folder = tmp_path / "data" / name
        folder.mkdir(parents=True)
        for i in range(6):
            Image.fromarray(random.integers(offset, offset + 127, (32, 32, 3), np.uint8)).save(folder / f"{i}.png")
    return tmp_path / "data"


@pytest.fixture
def training(data: Path) -> Iterator[Training]:
    folder = models_folder() / "mine"
    folder.mkdir(parents=True)
    (folder / CONFIG).write_text(TINY)
    training = Training(folder)
    yield training
    training.kill()
    wait(lambda: not training.running, 30)


def test_a_folder_from_the_preferences_holds_in_other_processes_too(
    training: Training, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.delenv(HOME_VARIABLE)
    keep_in(tmp_path / "chosen")
    training.start(data)
    parent = QObject()
    report = EvaluationProcess(parent)
    report.start(tmp_path / "report", ["--data", str(data), "--model", "of-nobody"])
    for pid in (training.record.pid, report._child[0].pid):
        assert psutil.Process(pid).environ()[HOME_VARIABLE] == str(tmp_path / "chosen")
    qtbot.waitUntil(lambda: not report.running, timeout=60_000)


def test_names_agree() -> None:
    assert training_process.CHECKPOINT == checkpoint.CHECKPOINT


def test_stopped_found_again_and_resumed(training: Training, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training.start(data)
    assert trainings() == [training] and training.running and not training.resumable
    wait(lambda: len(training.events()) > 0)
    with monkeypatch.context() as patch:
        patch.setattr(training_process, "_children", {})  # as it is for a window opened later
        assert trainings()[0].running
    training.stop()
    wait(lambda: not training.running, 30)
    assert training.last_words() == "interrupted" or sys.platform == "win32"
    assert training.resumable and not training.finished
    reached = training.events()[-1].step
    training.resume()
    assert training.running and not training.resumable
    wait(lambda: training.finished or training.events()[-1].step > reached)
    training.kill()
    wait(lambda: not training.running, 30)


def test_failing(training: Training, tmp_path: Path) -> None:
    training.start(tmp_path / "nothing")
    wait(lambda: not training.running)
    assert "is not a folder of pictures" in training.last_words() and "error" not in training.last_words()
    assert not training.resumable and not training.finished
    training.discard()
    assert trainings() == []
