"""The plane of a layer that is shown: where it lies, and its pixels, read only where they are needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import (
    Array,
    Box,
    Matrix,
    appearance,
    finest,
    grid_shift,
    inner_matrix,
    placement,
    value_range,
)
from napari_robust_synth._napari.layers.destination import Destination, Spot
from napari_robust_synth._napari.layers.earlier import Earlier, as_seen, shared
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.tasks.recipe import pixel_hash

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_robust_synth.core import Crop

LARGEST = 4096
"""Up to this side a plane is copied whole when it is edited; of a larger one the result is a part."""
Slices = tuple[slice, slice]


@dataclass(frozen=True)
class Plane:
    """A plane of an image layer, as it was when Run was pressed.

    Parameters
    ----------
    layer : Image
        Whose it is.
    name, path : str, str or None
        The layer's, and its file's.
    data : array-like
        Of the finest scale, (..., H, W[, C]); indexed, never read as a whole.
    index : tuple of int
        Which plane: of all axes but the last two.
    limits : (float, float), optional
        Values of black and white; None for colour pictures.
    place, look : dict
        Transforms of the whole layer, and how it is drawn.
    inner : array
        (D + 1, D + 1), the layer's scale, rotation, shear and translation.
    steps : array
        (D,), how many units of the world one of the layer's is.
    in_memory : bool
        Whether the layer's data are a plain array.
    earlier : tuple of Earlier
        Results that lie over it, the last on top.
    """

    layer: Image
    name: str
    path: str | None
    data: Any
    index: tuple[int, ...]
    limits: tuple[float, float] | None
    place: dict[str, Any]
    look: dict[str, Any]
    inner: Matrix
    steps: Array
    in_memory: bool
    earlier: tuple[Earlier, ...] = field(default=(), kw_only=True)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.data.shape[len(self.index) :][:2]
        return height, width

    @property
    def copied(self) -> bool:
        """Whether an edit's result is the whole plane and not a part of it."""
        return self.in_memory and max(self.shape) <= LARGEST

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes of the layer that the plane is one index of."""
        return tuple(range(len(self.index)))

    @property
    def slice_words(self) -> str:
        """Which slice it is, in words; empty where there is one only."""
        numbers = [str(self.index[axis]) for axis in self.axes if self.data.shape[axis] > 1]
        return f" · slice {', '.join(numbers)}" if numbers else ""

    @property
    def matrix(self) -> Matrix:
        """(D + 1, D + 1), from the layer's data to the world."""
        matrix: Matrix = np.diag([*self.steps, 1]) @ self.place["affine"].affine_matrix @ self.inner
        return matrix

    @property
    def to_world(self) -> Matrix:
        """(3, 3), from the plane's pixels to the world."""
        matrix, first = self.matrix, len(self.index)
        matrix[:, -1] += matrix[:, :first] @ self.index
        return matrix[first:, first:]

    def pixels(self, part: Slices = (slice(None), slice(None))) -> Array:
        """Read a part, (h, w[, C]), with what earlier runs made of it; nothing beside it is touched."""
        return as_seen(self.spots(_box(part, self.shape)), self.earlier, lambda: self._own(part))

    def _own(self, part: Slices) -> Array:
        return np.asarray(self.data[(*self.index, *part)])

    def placed(self, corner: tuple[int, int], factor: int = 1) -> dict[str, Any]:
        """Return the transforms of a layer that begins at a pixel, each pixel cut into ``factor`` squared."""
        if not self.index and factor == 1 and corner == (0, 0):
            return self.place
        to_data = self._grid(corner, (1 / factor, 1 / factor))
        scale = np.array(self.place["scale"], float)
        scale[-2:] /= factor
        return {**self.place, "scale": scale, "translate": (self.inner @ to_data)[:-1, -1]}

    def affine(self, part: Crop, shape: tuple[int, int]) -> Matrix:
        """Return the matrix to world coordinates of a grid of ``shape`` pixels that covers a part."""
        cover = (part.shape[0] / shape[0], part.shape[1] / shape[1])
        outer: Matrix = np.asarray(self.place["affine"].affine_matrix)
        return outer @ self.inner @ self._grid((part.top, part.left), cover)

    def origin(self, box: Box, pixels: Array) -> dict[str, Any]:
        """Say for a recipe where the pixels of a part are from."""
        made = any(shared(one.box, box) and one.over(self.spots(box)) is not None for one in self.earlier)
        found = {"path": None if made else self.path, "sha256": pixel_hash(pixels), "of": "pixels"}
        return found if self.copied and not self.index else found | {"index": self.index, "part": box}

    def spots(self, box: Box) -> Destination:
        """Return where a part belongs in the layer's data."""
        top, left, bottom, right = box
        return (Spot(self.layer, (*(slice(i, i + 1) for i in self.index), slice(top, bottom), slice(left, right))),)

    def stacked(self, picture: Array) -> Array:
        """Give a picture the axes of the layer that are not shown, one long each."""
        return picture[(None,) * len(self.index)]

    def _grid(self, corner: tuple[int, int], cover: tuple[float, float]) -> Matrix:
        first = len(self.index)
        matrix = np.eye(first + 3)
        matrix[first:, first:] = grid_shift(cover, corner)
        matrix[:first, -1] = self.index
        return matrix


def read_plane(layer: Image, world: World) -> Plane:
    """Describe the plane of an image layer that is shown; no pixel is read.

    Raises
    ------
    ValueError
        When there is none.
    """
    index, data = world.index(layer), finest(layer)
    return Plane(
        layer,
        layer.name,
        layer.source.path,
        data,
        index,
        value_range(layer),
        placement(layer),
        appearance(layer),
        inner_matrix(layer),
        world.steps(layer),
        isinstance(data, np.ndarray) and not layer.multiscale,
    )


def _box(part: Slices, shape: tuple[int, int]) -> Box:
    (top, bottom, _), (left, right, _) = (one.indices(length) for one, length in zip(part, shape, strict=True))
    return top, left, bottom, right
