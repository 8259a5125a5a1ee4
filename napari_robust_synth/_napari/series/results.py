"""The results of a series as small pictures to choose from."""

from __future__ import annotations

from qtpy.QtCore import QSize
from qtpy.QtWidgets import QListView, QListWidget, QListWidgetItem

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.window.icons import pixmap, untinted

SIDE = 96


class ResultList(QListWidget):
    """Small pictures, each with its caption."""

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 24, SIDE + 52))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setWordWrap(True)
        self.setToolTip("Click a result to see it; double click to pick it")

    def add(self, shown: Array, words: str) -> None:
        """Add a result, (h, w, 3) uint8."""
        self.addItem(QListWidgetItem(untinted(pixmap(shown, SIDE)), words))
