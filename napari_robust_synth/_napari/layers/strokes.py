"""From a rectangle of a Labels layer that has changed to the same on an image's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth._napari.layers.arrays import Box, Matrix, resampled


def stroke_on(
    labels: NDArray[Any], to_labels: Matrix, box: Box, shape: tuple[int, int]
) -> tuple[int, int, NDArray[Any]] | None:
    """Read what of an image's grid a rectangle of labels covers: nearest neighbour, and no more of the labels.

    Parameters
    ----------
    labels : array
        (H, W), the whole label image.
    to_labels : array
        (3, 3), from the image's pixels to the labels'.
    box : (int, int, int, int)
        Top, left, bottom, right of the rectangle, in label pixels.
    shape : (int, int)
        Of the image.

    Returns
    -------
    (int, int, array) or None
        Where the part begins in the image, and its labels; None when it lies outside.
    """
    rows, columns = covered(box, np.linalg.inv(to_labels), shape)
    if rows[0] >= rows[1] or columns[0] >= columns[1]:
        return None
    part = (rows[0], columns[0], rows[1], columns[1])
    (top, bottom), (left, right) = covered(part, to_labels, (labels.shape[0], labels.shape[1]))
    size = (rows[1] - rows[0], columns[1] - columns[0])
    if top >= bottom or left >= right:
        return rows[0], columns[0], np.zeros(size, np.uint8)
    here, there = np.eye(3), np.eye(3)
    here[:2, 2], there[:2, 2] = (rows[0], columns[0]), (-top, -left)
    block = np.asarray(labels[top:bottom, left:right])
    return rows[0], columns[0], resampled(block, there @ to_labels @ here, size)


def covered(box: Box, matrix: Matrix, shape: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the rows and columns of another grid that a rectangle reaches, a pixel of rounding included."""
    top, left, bottom, right = box
    corners = np.array([[y - 0.5, x - 0.5, 1.0] for y in (top, bottom) for x in (left, right)]).T
    there = (matrix @ corners)[:2]
    straight = np.allclose(matrix, np.eye(3))
    spare = 0 if straight else 1
    return [
        (int(max(np.floor(at.min() + 0.5 + 1e-6) - spare, 0)), int(min(np.ceil(at.max() + 0.5 - 1e-6) + spare, side)))
        for at, side in zip(there, shape, strict=True)
    ]
