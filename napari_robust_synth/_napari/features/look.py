"""One look of the eyedropper at a picture, in a worker."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from napari.utils.notifications import show_error
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.features.work import pick_features
from napari_robust_synth._napari.layers.masks import Region
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.window.worker_errors import background

if TYPE_CHECKING:
    from napari_robust_synth.features import Raised


class Look(QObject):
    """Tells what was found, or None when it failed; nothing once it is cancelled.

    Parameters
    ----------
    parent : QObject
        It goes with that.
    model : str
        The name of the model.
    plane, region : Plane, Region
        Where to look.
    """

    ended = Signal(object)

    def __init__(self, parent: QObject, model: str, plane: Plane, region: Region) -> None:
        super().__init__(parent)
        self._stop = Event()
        self._worker = background(pick_features, model, plane, region, self._stop)
        self._worker.returned.connect(self._returned)
        self._worker.errored.connect(self._errored)

    def start(self) -> None:
        """Begin."""
        self._worker.start()

    def cancel(self) -> None:
        """End after the step under way."""
        self._stop.set()
        self.deleteLater()

    def _returned(self, found: list[Raised] | None) -> None:
        if not self._stop.is_set():
            self.ended.emit(found)
            self.deleteLater()

    def _errored(self, error: Exception) -> None:
        if not self._stop.is_set():
            show_error(str(error))
            self._returned(None)
