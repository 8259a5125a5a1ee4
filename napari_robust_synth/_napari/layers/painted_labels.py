"""Which labels are painted in the slice of a Labels layer that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from napari.layers import Labels
from numpy.typing import NDArray
from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.layers.arrays import Box
from napari_robust_synth._napari.layers.label_watch import LabelWatch, labels_in
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.window.worker_errors import background

SETTLED_MS = 300


class PaintedLabels(QObject):
    """Follows one planar Labels layer; ``there`` are the labels seen in it.

    What is painted is seen at once; what is erased, and another slice, once the layer has been looked through in the
    background (``looked``).
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.there: set[int] = set()
        self.looked = False
        self.world: Callable[[], World] = World
        self._watch = LabelWatch()
        self._watch.changed.connect(self._painted)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED_MS)
        self._settle.timeout.connect(self._scan)

    @property
    def layer(self) -> Labels | None:
        """The layer that is followed."""
        return self._watch.layer

    def follow(self, layer: Labels | None) -> None:
        """Follow another layer, or none."""
        self._watch.follow(layer)
        self.there, self.looked = set(), False
        self._scan()

    def look_again(self, event: Any = None) -> None:
        """Follow the viewer to another slice."""
        if self.layer is not None and self.layer.ndim > 2:
            self.looked = False
            self._settle.start()

    def _painted(self, box: Box) -> None:
        layer = self.layer
        if layer is None:
            return
        whole = (box[2] - box[0], box[3] - box[1]) == layer.data.shape[-2:]
        self.looked = self.looked and not whole
        if not whole and not (found := labels_in(self._plane(layer), box)) <= self.there:
            self.there |= found
            self.changed.emit()
        self._settle.start()

    def _plane(self, layer: Labels) -> NDArray[Any]:
        """Return the labels of the slice that is shown, or none where the layer has none there."""
        try:
            plane: NDArray[Any] = layer.data[self.world().index(layer)]
        except ValueError:
            return np.zeros((0, 0), np.uint8)
        return plane

    def _scan(self) -> None:
        if (layer := self.layer) is not None:
            worker = background(lambda plane: (layer, labels_in(plane)), self._plane(layer))
            worker.returned.connect(self._scanned)
            worker.start()

    def _scanned(self, seen: tuple[Labels, set[int]]) -> None:
        layer, found = seen
        if layer is not self.layer or self._settle.isActive():
            return
        self.looked = True
        if found != self.there:
            self.there = found
            self.changed.emit()
