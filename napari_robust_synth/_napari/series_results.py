"""The results of a series as small pictures to choose from."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QImage, QPixmap
from qtpy.QtWidgets import QListView, QListWidget, QListWidgetItem

from napari_robust_synth._napari.icons import untinted
from napari_robust_synth._napari.layers import Array

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

    def add(self, shown: Array, words: str) -> None:
        """Add a result, (h, w, 3) uint8."""
        height, width = shown.shape[:2]
        pixels = np.ascontiguousarray(shown).tobytes()
        image = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
        small = QPixmap.fromImage(image).scaled(
            SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self.addItem(QListWidgetItem(untinted(small), words))
