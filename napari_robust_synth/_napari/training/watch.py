"""Follows a training for the window: how far it is, Cancel, and its end."""

from __future__ import annotations

from functools import partial
from typing import Any

from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.training.process import Training
from napari_robust_synth._napari.window.progress import Progress

LOOK_MS = 300
GRACE_MS = 5000
"""How long a process that was asked to end may take."""


class TrainingWatch(QObject):
    """Looks at a training a few times a second, and shows it in napari's activity dock.

    The signal ``followed`` comes when it begins to look at one, ``moved`` with the events whenever something may have
    happened, ``ended`` once when the process is gone.
    """

    followed = Signal()
    moved = Signal(list)
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.training: Training | None = None
        self.stopped = False
        self._bars: list[Progress] = []
        self.destroyed.connect(partial(_close, self._bars))
        self._clock, self._grace = QTimer(self), QTimer(self)
        self._clock.timeout.connect(self._look)
        self._grace.setSingleShot(True)
        self._grace.timeout.connect(self._kill)

    @property
    def running(self) -> bool:
        """Whether a training is being followed."""
        return self._clock.isActive()

    def follow(self, training: Training) -> None:
        """Look at this one from now on."""
        self.training, self.stopped = training, False
        bar = Progress(desc=f"Training {training.name}")
        bar.stop = self.stop
        self._bars.append(bar)
        self._clock.start(LOOK_MS)
        self.followed.emit()

    def stop(self) -> None:
        """End the training; what it can go on from is kept."""
        if self.training is not None and self.running:
            self.stopped = True
            self.training.stop()
            self._grace.start(GRACE_MS)

    def _kill(self) -> None:
        if self.training is not None:
            self.training.kill()

    def _look(self) -> None:
        assert self.training is not None
        over = not self.training.running
        events = self.training.events()
        if events:
            bar = self._bars[0]
            bar.total = events[-1].steps
            bar.update(events[-1].step - bar.n)
        self.moved.emit(events)
        if over:
            self._clock.stop()
            self._grace.stop()
            _close(self._bars)
            self.ended.emit()


def _close(bars: list[Progress], _: Any = None) -> None:
    while bars:
        bars.pop().close()
