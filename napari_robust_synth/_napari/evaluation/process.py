"""A report in the making, in a process of its own; it ends with the window, and the next one goes on from there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.training.process import NICE, PROGRAM
from napari_robust_synth.models.store import same_home

EVENTS, LOG = "events.jsonl", "evaluate.log"
LOOK_MS, GRACE_MS = 300, 5000


class EvaluationProcess(QObject):
    """Runs ``evaluate`` and tells how far it is.

    The signal ``moved`` comes with what is measured, and how many pictures of how many are done; ``ended`` with whether
    the report is there, and the last line the process has written.
    """

    moved = Signal(str, float, float)
    ended = Signal(bool, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._child: list[subprocess.Popen[bytes]] = []
        self._clock, self._grace = QTimer(self), QTimer(self)
        self._clock.timeout.connect(self._look)
        self._grace.setSingleShot(True)
        self._grace.timeout.connect(partial(_kill, self._child))
        self.destroyed.connect(partial(_kill, self._child))

    @property
    def running(self) -> bool:
        """Whether a report is being made."""
        return bool(self._child)

    def start(self, folder: Path, options: Sequence[str]) -> None:
        """Make a report in a folder, which is made when it is not there.

        Raises
        ------
        OSError
            When the folder can't be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        (folder / EVENTS).unlink(missing_ok=True)
        command = [*PROGRAM, "evaluate", "-o", str(folder), "--events", str(folder / EVENTS), *options]
        windows = sys.platform == "win32"
        flags = subprocess.CREATE_NEW_PROCESS_GROUP if windows else 0  # type: ignore[attr-defined,unused-ignore]
        with (folder / LOG).open("wb") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                creationflags=flags,
                env=same_home(),
            )
        with suppress(psutil.Error):
            psutil.Process(child.pid).nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if windows else NICE)
        self._child.append(child)
        self._clock.start(LOOK_MS)

    def stop(self) -> None:
        """Ask the process to end; parts that are done stay."""
        for child in self._child:
            child.terminate() if sys.platform == "win32" else child.send_signal(signal.SIGINT)
            self._grace.start(GRACE_MS)

    def _look(self) -> None:
        code = self._child[0].poll()
        if (event := self._last(EVENTS)) and code is None:
            with suppress(ValueError, KeyError):  # half a line
                found = json.loads(event)
                self.moved.emit(found["what"], found["done"], found["total"])
        if code is not None:
            self._clock.stop()
            self._grace.stop()
            self._child.clear()
            words = self._last(LOG).removeprefix("error: ")
            for name in (EVENTS, LOG):
                (self._folder / name).unlink(missing_ok=True)
            self.ended.emit(code == 0, words)

    def _last(self, name: str) -> str:
        with suppress(FileNotFoundError):
            text = (self._folder / name).read_text(encoding="utf-8", errors="replace")
            return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
        return ""


def _kill(child: list[subprocess.Popen[bytes]], _: object = None) -> None:
    for process in child:
        process.kill()
        process.wait()
