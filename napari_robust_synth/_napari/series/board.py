"""The layer where the results of a series are seen: a stack with a slider, or a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from superqt.utils import qimage_to_array

from napari_robust_synth._napari.layers.arrays import Array, Matrix, grid_shift
from napari_robust_synth._napari.layers.recipes import SERIES
from napari_robust_synth._napari.running.landing import add_unselected
from napari_robust_synth.tasks.recipes import RESULTS

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth._napari.series.runner import Made, Original
    from napari_robust_synth.core import Crop

ROW = 4
"""Up to so many cells a grid is one row."""
STRIP, LETTERS = 0.1, 0.6
"""Height of a caption as part of its width, and of letters as part of that."""
GAP = 8
"""Pixels between the cells of a grid."""


class Board:
    """A layer with a cell for each result, filled one after the other.

    Parameters
    ----------
    request : Request
        A run of the series.
    axis : str
        What the results differ in.
    captions : sequence of str
        One for each cell, shown until its result is there.
    first : Original or Made
        What is seen first; all are seen in the same size.
    grid : bool
        Whether all are seen at once, beside the picture, instead of one at a time over it.
    """

    def __init__(
        self, request: Request, axis: str, captions: Sequence[str], first: Original | Made, grid: bool
    ) -> None:
        self.grid, self._apart, count = grid, grid or not request.edits, len(captions)
        height, width = first.shown.shape[:2]
        self.strip = round(STRIP * width)
        self._cell = height + self.strip, width
        self._pitch = (self._cell[0] + GAP, width + GAP) if grid else self._cell
        self._columns = _columns(count, self._pitch) if grid else 1
        rows = -(-count // self._columns)
        self._pixels = np.zeros((rows * self._pitch[0], self._columns * self._pitch[1], 4), np.uint8)
        lead = request.arrange(np.zeros((1, 1, 1, 4), np.uint8)).shape[:-3]
        look: dict[str, Any] = dict(request.units)
        if grid:
            shape = (*lead, *self._pixels.shape)
            matrix = _beside(request, first.crop, (height, width), self._pixels.shape[:2])
        else:
            shape = (count, *lead, *self._cell, 4)
            matrix = _over(request, first.crop, (height, width), self.strip)
            look = {
                "units": ("pixel", *look.get("units", ("pixel", "pixel"))),
                "axis_labels": (axis, *look.get("axis_labels", ("y", "x"))),
            }
        self._results: list[dict[str, Any]] = []
        metadata = {SERIES: {"format": 1, "axis": axis, "stacked": not grid, RESULTS: self._results}}
        name = f"{request.title} · each {axis}"
        data = self._pixels.reshape(shape)
        self.layer = Image(data, rgb=True, name=name, affine=matrix, metadata=metadata, **look)
        self.layer.interpolation2d = "linear"
        for number, words in enumerate(captions):
            self._draw(number, words)

    def add_to(self, viewer: Any) -> None:
        """Add the layer; what lies not over the picture is brought into view."""
        add_unselected(viewer, self.layer)
        if self._apart:
            alone = self.layer.ndim == viewer.dims.ndim  # napari can't fit the view to a layer of fewer axes
            viewer.fit_to_view(layers=[self.layer] if alone else None)

    def show(self, number: int, words: str, shown: Array, recipe: dict[str, Any] | None = None) -> None:
        """Fill a cell."""
        self._draw(number, words, shown)
        if recipe is not None:
            self._results.append({"title": words, "recipe": recipe})
        self.layer.refresh()

    def _draw(self, number: int, words: str, shown: Array | None = None) -> None:
        row, column = divmod(number, self._columns)
        top, left = row * self._pitch[0], column * self._pitch[1]
        height, width = self._cell
        self._pixels[top : top + self.strip, left : left + width] = caption(words, width, self.strip)
        if shown is not None:
            cell = self._pixels[top + self.strip : top + height, left : left + width]
            cell[..., :3], cell[..., 3] = shown, 255


def caption(words: str, width: int, height: int) -> Array:
    """Write words on a dark strip, (height, width, 4) uint8; they are cut where there is no room."""
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(QColor(30, 32, 38))
    font = QFont()
    font.setPixelSize(max(round(LETTERS * height), 1))
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor("white"))
    text = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, width - 8)
    painter.drawText(4, 0, width - 8, height, Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    strip: Array = qimage_to_array(image)
    return strip


def _columns(count: int, pitch: tuple[int, int]) -> int:
    return count if count <= ROW else min(math.ceil(math.sqrt(1.5 * count * pitch[0] / pitch[1])), count)


def _over(request: Request, crop: Crop, shape: tuple[int, int], strip: int) -> Matrix:
    """Return the matrix to world coordinates of a stack over what it shows, the captions above it."""
    matrix = request.cover(crop, shape)
    shift = np.eye(len(matrix))
    shift[-3:, -3:] = grid_shift((1, 1), (-strip, 0))
    stacked = np.eye(len(matrix) + 1)
    stacked[1:, 1:] = matrix @ shift
    return stacked


def _beside(request: Request, crop: Crop, shape: tuple[int, int], grid: tuple[int, int]) -> Matrix:
    """Return the matrix to world coordinates of a grid: as high as the picture, or in the scale of a part of it."""
    from napari_robust_synth.core import Crop

    source = request.source
    if source is None or not request.edits:
        return np.eye(3)
    top, left, height = 0, source.shape[1], source.shape[0]
    if not source.copied:
        top, left, height = crop.top, crop.right, round(crop.shape[0] / shape[0] * grid[0])
    width = round(height * grid[1] / grid[0])
    left += round(0.02 * width)
    return request.cover(Crop(top, left, top + height, left + width), grid)
