"""napari's world: where its sliders stand, and the units in which it shows layers together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array, Matrix, NothingThereError, finest

if TYPE_CHECKING:
    from napari.components import Dims


@dataclass(frozen=True)
class World:
    """A point of the world, and how layers lie in that.

    Parameters
    ----------
    point : tuple of float
        Where the sliders stand.
    units : tuple of pint.Unit, optional
        Of each axis; None when those of the layers do not go together, and napari takes all numbers as they are.
    """

    point: tuple[float, ...] = ()
    units: tuple[Any, ...] | None = None

    @classmethod
    def of(cls, dims: Dims) -> World:
        """Return the world that a viewer shows."""
        return cls(tuple(dims.point), dims.units)

    def steps(self, layer: Any) -> Array:
        """Return how many units of the world one of a layer's is, for each of its axes."""
        if self.units is None or len(self.units) < layer.ndim:
            return np.ones(layer.ndim)
        units = zip(layer.units, self.units[-layer.ndim :], strict=True)
        return np.array([1.0 if own == shown else _base(own) / _base(shown) for own, shown in units])

    def position(self, layer: Any) -> Array:
        """Return which point of a layer's data is here."""
        return np.asarray(layer.world_to_data(np.asarray(self.point)[-layer.ndim :] / self.steps(layer)), float)

    def at(self, layer: Any, position: Sequence[float]) -> World:
        """Return the same world with the sliders at a point of a layer's data."""
        there = np.asarray(layer.data_to_world(position)) * self.steps(layer)
        return replace(self, point=(*self.point[: -layer.ndim], *there.tolist()))

    def moved(self, layer: Any, axis: int, number: int) -> World:
        """Return the same world with the sliders at a number along an axis of a layer."""
        position = self.position(layer)
        position[axis] = number
        return self.at(layer, position.tolist())

    def index(self, layer: Any) -> tuple[int, ...]:
        """Return which plane of a stack is here: the index of all axes but the last two.

        Raises
        ------
        ValueError
            When none is.
        """
        if layer.ndim == 2:
            return ()
        index = tuple(int(i) for i in np.round(self.position(layer)[:-2]))
        sizes = getattr(finest(layer), "shape", None)  # shapes have none
        if sizes and not all(0 <= i < size for i, size in zip(index, sizes, strict=False)):
            raise NothingThereError(f"layer {layer.name!r} has nothing in the slice that is shown: move the slider")
        return index

    def matrix(self, layer: Any, index: tuple[int, ...] = ()) -> Matrix:
        """Return the 3 x 3 matrix from a plane's data to the world, all transforms included.

        The plane is a planar layer, or of a stack that at ``index``.
        """
        corners = [(*index, 0, 0), (*index, 1, 0), (*index, 0, 1)]
        origin, down, right = (np.asarray(layer.data_to_world(corner))[-2:] for corner in corners)
        matrix = np.eye(3)
        matrix[:2] = np.stack([down - origin, right - origin, origin], 1) * self.steps(layer)[-2:, None]
        return matrix


def _base(unit: Any) -> float:
    return float((1 * unit).to_base_units().magnitude)
