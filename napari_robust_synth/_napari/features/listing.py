"""The features of a model as a Qt model: which are shown, in which order, and what each looks like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from qtpy.QtGui import QColor, QPixmap

from napari_robust_synth._napari.window.icons import pixmap, square, untinted
from napari_robust_synth.features.names import Names

TILE = 64
Index = QModelIndex | QPersistentModelIndex


class FeatureList(QAbstractListModel):
    """A row for each feature shown; pictures are made when they come into view."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[int] = []
        self.names: Names = {}
        self.scores: Mapping[int, str] = {}
        self._tiles = np.zeros((0, TILE, TILE, 3), np.uint8)
        self._drawn = np.zeros(0, bool)

    def start(self, n: int, tiles: NDArray[np.uint8] | None) -> None:
        """Show the features of another model, with or without pictures."""
        self._tiles = np.zeros((n, TILE, TILE, 3), np.uint8) if tiles is None else tiles
        self._drawn = np.full(n, tiles is not None)
        self.show(range(n))

    def show(self, components: Iterable[int], scores: Mapping[int, str] | None = None) -> None:
        """Show these features, in this order; ``scores`` are words to add to some."""
        self.beginResetModel()
        self.shown, self.scores = [int(c) for c in components], scores or {}
        self.endResetModel()

    def draw(self, first: int, tiles: NDArray[np.uint8]) -> None:
        """Take over the pictures (N, t, t, 3) of features from ``first`` on."""
        self._tiles[first : first + len(tiles)] = tiles
        self._drawn[first : first + len(tiles)] = True
        self._changed()

    def rename(self, names: Names) -> None:
        """Show other names."""
        self.names = names
        self._changed()

    def find(self, component: int) -> QModelIndex:
        """Return where a feature is shown; an invalid index when it is not."""
        return self.index(self.shown.index(component)) if component in self.shown else QModelIndex()

    def picture(self, component: int, side: int = TILE) -> QPixmap:
        """Return what a feature looks like, grey when it is not drawn yet."""
        if not self._drawn[component]:
            blank = square(side)
            blank.fill(QColor(128, 128, 128, 60))
            return blank
        return pixmap(self._tiles[component], side)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a feature's place in the grid needs."""
        if not index.isValid():
            return None
        component = self.shown[index.row()]
        name = self.names.get((component,), "")
        if role == Qt.ItemDataRole.DisplayRole:
            return name or str(component)
        if role == Qt.ItemDataRole.DecorationRole:
            return untinted(self.picture(component))
        if role == Qt.ItemDataRole.ToolTipRole:
            groups = [f"in {called}" for group, called in self.names.items() if component in group and len(group) > 1]
            words = (f"Feature {component}", name, *groups, self.scores.get(component, ""))
            return " · ".join(filter(None, words))
        return None

    def _changed(self) -> None:
        if self.shown:
            self.dataChanged.emit(self.index(0), self.index(len(self.shown) - 1))
