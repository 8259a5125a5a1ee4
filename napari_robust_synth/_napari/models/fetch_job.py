"""Fetch a model in the background."""

from __future__ import annotations

from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.running.loading import prepare_torch
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.models import ZooEntry
from napari_robust_synth.models.cancel import Cancel, Cancelled


class FetchJob(QObject):
    """A model that is being fetched.

    ``now`` is how far it is: the bytes that are there and their number in the end, or None. The signal ``ended`` comes
    once, with what went wrong, or "".

    Parameters
    ----------
    entry : ZooEntry
        The model.
    """

    ended = Signal(str)

    def __init__(self, entry: ZooEntry) -> None:
        super().__init__()
        self.entry, self.cancel = entry, Cancel()
        self.error, self.cancelled = "", False
        self.now: tuple[int, int | None] = (0, None)
        self.worker = background(self._fetch)
        self.worker.errored.connect(self._errored)
        self.worker.finished.connect(self._finished)

    def start(self) -> None:
        """Begin."""
        self.worker.start()

    def _fetch(self) -> None:
        prepare_torch()
        from napari_robust_synth.models.fetch import fetch

        fetch(self.entry, self._report, cancel=self.cancel)

    def _report(self, done: int, total: int | None) -> None:
        self.now = done, total

    def _errored(self, error: Exception) -> None:
        self.cancelled = isinstance(error, Cancelled)
        self.error = "" if self.cancelled else str(error) or type(error).__name__

    def _finished(self, _: None = None) -> None:
        self.ended.emit(self.error)
