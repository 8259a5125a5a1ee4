"""Where a Labels layer changes, as it is painted, filled, erased and undone."""

from __future__ import annotations

from typing import Any

import numpy as np
from napari.layers import Labels
from numpy.typing import NDArray
from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.layers.arrays import Box

THROTTLE_MS = 25
CHUNK = 2**22


class LabelWatch(QObject):
    """Follows one planar Labels layer, and tells which rectangle of it is new, at most 40 times a second.

    The rectangle (top, left, bottom, right) is what napari has just drawn; nothing is read here. Undo and other
    data in the layer are told as the whole of it.
    """

    changed = Signal(tuple)

    def __init__(self) -> None:
        super().__init__()
        self.layer: Labels | None = None
        self._box: Box | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THROTTLE_MS)
        self._timer.timeout.connect(self.tell)

    def follow(self, layer: Labels | None) -> None:
        """Follow another layer, or none."""
        if self.layer is not None:
            self.layer.events.labels_update.disconnect(self._drawn)
            self.layer.events.set_data.disconnect(self._replaced)
        self._box, self.layer = None, layer
        if layer is not None:
            layer.events.labels_update.connect(self._drawn)
            layer.events.set_data.connect(self._replaced)

    def _drawn(self, event: Any) -> None:
        top, left = (int(part) for part in event.offset[-2:])
        height, width = event.data.shape[-2:]
        self._add((top, left, top + height, left + width))

    def _replaced(self, event: Any) -> None:
        if self.layer is not None:
            self._add((0, 0, *self.layer.data.shape[-2:]))

    def _add(self, box: Box) -> None:
        known = self._box
        if known is not None:
            box = (min(known[0], box[0]), min(known[1], box[1]), max(known[2], box[2]), max(known[3], box[3]))
        self._box = box
        if not self._timer.isActive():
            self.tell()

    def tell(self) -> None:
        """Tell now what was drawn."""
        if self._box is not None and self.layer is not None:
            self._timer.start()
            box, self._box = self._box, None
            self.changed.emit(box)


def labels_in(data: NDArray[Any], box: Box | None = None) -> set[int]:
    """Return the labels above 0 in a rectangle of a label image, or in all of it, read a few rows at a time."""
    top, left, bottom, right = box or (0, 0, *data.shape[:2])
    rows = max(CHUNK // max(right - left, 1), 1)
    found: set[int] = set()
    for row in range(top, bottom, rows):
        found.update(np.unique(np.asarray(data[row : min(row + rows, bottom), left:right])).tolist())
    return {int(label) for label in found if label > 0}
