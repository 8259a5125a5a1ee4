"""Work in the background, one piece after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from napari.utils.notifications import show_error
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]
from superqt.utils import FunctionWorker

from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.pictures.folders import one_line

Work = Callable[[], Any]
Done = Callable[[Any], None]
Failed = Callable[[], None]


def nothing(_: Any = None) -> None:
    """Do nothing: the message says it all."""


class OneByOne(QObject):
    """Does work in the order in which it was given; what goes wrong is shown, and the next piece begins.

    The signal ``moved`` comes when a piece was given and when one has ended.
    """

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[tuple[Work, Done, Failed]] = deque()
        self._worker: FunctionWorker[Any] | None = None
        self._done: Done = nothing
        self._failed: Failed = nothing

    @property
    def busy(self) -> bool:
        """Whether anything is left to do."""
        return self._worker is not None or bool(self._waiting)

    def add(self, work: Work, done: Done, failed: Failed = nothing) -> None:
        """Call ``work`` in another thread when it is its turn, and then ``done`` with what it returned in this one.

        Where it went wrong, ``failed`` is called instead.
        """
        self._waiting.append((work, done, failed))
        self._next()
        self.moved.emit()

    def _next(self) -> None:
        if self._worker is None and self._waiting:
            work, self._done, self._failed = self._waiting.popleft()
            self._worker = background(work)
            self._worker.returned.connect(self._returned)
            self._worker.errored.connect(self._errored)
            self._worker.finished.connect(self._finished)
            self._worker.start()

    def _returned(self, outcome: Any) -> None:
        self._done(outcome)

    def _errored(self, error: Exception) -> None:
        show_error(one_line(error))
        self._failed()

    def _finished(self, _: None = None) -> None:
        self._worker, self._done, self._failed = None, nothing, nothing  # they hold the pictures they were for
        self._next()
        self.moved.emit()
