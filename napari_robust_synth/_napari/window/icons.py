"""Pictures in lists, sharp on screens that have several pixels a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication, QIcon, QImage, QPixmap


def untinted(picture: QPixmap) -> QIcon:
    """Return an icon that looks the same when it is selected, which Qt would tint."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def pixmap(pixels: NDArray[np.uint8], side: int) -> QPixmap:
    """Return a picture (h, w, 3) as large as ``side`` points hold it."""
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels).tobytes()
    image = QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888)
    many = round(side * _ratio())
    small = QPixmap.fromImage(image).scaled(
        many, many, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    small.setDevicePixelRatio(_ratio())
    return small


def square(side: int) -> QPixmap:
    """Return a pixmap of ``side`` points to paint on."""
    many = round(side * _ratio())
    pixmap = QPixmap(many, many)
    pixmap.setDevicePixelRatio(_ratio())
    return pixmap


def _ratio() -> float:
    """Return how many pixels a point has, on the screen that has most."""
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
