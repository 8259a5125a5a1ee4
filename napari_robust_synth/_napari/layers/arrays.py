"""Layers to arrays and back: transforms, and masks from Labels and Shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform
from skimage.draw import polygon

if TYPE_CHECKING:
    from napari.layers import Image, Layer

Box = tuple[int, int, int, int]
"""Top, left, bottom and right of a rectangle, the last two exclusive."""
Array = NDArray[Any]
Mask = NDArray[np.bool_]
Matrix = NDArray[Any]


class NothingThereError(ValueError):
    """A slice has no pixels, or a mask marks none of them."""


def finest(layer: Layer) -> Any:
    """Return a layer's data, of several scales the finest."""
    return layer.data[0] if getattr(layer, "multiscale", False) else layer.data


def inner_matrix(layer: Layer) -> Matrix:
    """Return the matrix (D + 1, D + 1) of a layer's scale, rotation, shear and translation, its affine left out."""
    matrix = np.eye(layer.ndim + 1)
    matrix[:-1, -1] = origin = layer.affine.inverse(layer.data_to_world(np.zeros(layer.ndim)))
    for axis, unit in enumerate(np.eye(layer.ndim)):
        matrix[:-1, axis] = layer.affine.inverse(layer.data_to_world(unit)) - origin
    return matrix


def grid_shift(scale: tuple[float, float], corner: tuple[float, float] = (0, 0)) -> Matrix:
    """Return the matrix that puts a grid whose pixels are ``scale`` times as large on the pixel at ``corner``."""
    matrix = np.diag([*scale, 1.0])
    matrix[:2, 2] = [c + (s - 1) / 2 for c, s in zip(corner, scale, strict=True)]
    return matrix


def value_range(layer: Image) -> tuple[float, float] | None:
    """Return the contrast limits; RGB pictures have none that count."""
    if layer.rgb:
        return None
    low, high = layer.contrast_limits
    return float(low), float(high)


def resampled(labels: Array, to_labels: Matrix, shape: tuple[int, int]) -> Array:
    """Resample labels to the image's grid: nearest neighbour, 0 outside."""
    if labels.shape == shape and np.allclose(to_labels, np.eye(3)):
        return labels.copy()
    moved: Array = affine_transform(
        labels, to_labels[:2, :2], to_labels[:2, 2], output_shape=shape, order=0, mode="grid-constant"
    )
    return moved


def outline(vertices: Matrix, kind: str) -> Matrix | None:
    """Return the polygon (V, 2) that a shape fills; lines and paths fill none."""
    if kind in ("line", "path") or len(vertices) < 3:
        return None
    if kind != "ellipse":
        return vertices
    centre = vertices.mean(0)
    across, down = (vertices[1] - vertices[0]) / 2, (vertices[3] - vertices[0]) / 2
    t = np.linspace(0, 2 * np.pi, 128, endpoint=False)[:, None]
    round_: Matrix = centre + np.cos(t) * across + np.sin(t) * down
    return round_


def shapes_mask(outlines: Sequence[Matrix], to_image: Matrix, shape: tuple[int, int]) -> Mask:
    """Fill polygons on the image's grid."""
    mask = np.zeros(shape, bool)
    for vertices in outlines:
        rows, columns = (vertices @ to_image[:2, :2].T + to_image[:2, 2]).T
        mask[polygon(rows, columns, shape)] = True
    return mask


def placement(source: Image) -> dict[str, Any]:
    """Return the transforms, units and axis labels of a layer, to give to another."""
    names = ("scale", "translate", "rotate", "shear", "affine", "units", "axis_labels")
    return {name: getattr(source, name) for name in names}


def appearance(source: Image) -> dict[str, Any]:
    """Return how a layer is drawn, to give to another of the same kind."""
    names = ("rgb", "blending", "opacity", "interpolation2d")
    drawn = {name: getattr(source, name) for name in names}
    if not source.rgb:
        drawn |= {name: getattr(source, name) for name in ("contrast_limits", "colormap", "gamma")}
    return drawn
