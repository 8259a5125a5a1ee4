"""Three channels seen as one colour picture, each in its contrast limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array, Box, Matrix, finest, value_range
from napari_robust_synth._napari.layers.destination import Destination, Spot
from napari_robust_synth._napari.layers.planes import Plane, Slices, read_plane
from napari_robust_synth._napari.layers.world import World

if TYPE_CHECKING:
    from napari.layers import Image


@dataclass(frozen=True)
class Channel:
    """A plane of a grey layer; ``limits`` are its values of black and white."""

    layer: Image
    data: Any
    index: tuple[int, ...]
    limits: tuple[float, float]

    def pixels(self, part: Slices) -> Array:
        """Read a part, (h, w) float32: black is 0, white 1."""
        low, high = self.limits
        values = np.asarray(self.data[(*self.index, *part)]).astype(np.float64)
        scaled: Array = ((values - low) / (high - low)).astype(np.float32)
        return scaled

    def origin(self) -> dict[str, Any]:
        """Say for a recipe which channel this is."""
        dtype = np.dtype(self.data.dtype).name
        return {"name": self.layer.name, "index": self.index, "limits": self.limits, "dtype": dtype}


@dataclass(frozen=True)
class ColourPlane(Plane):
    """Three channels as red, green and blue.

    Parameters
    ----------
    channels : tuple of Channel
        Three of them.
    axis : int, optional
        The axis of the layer that they lie along; by default they are layers.
    """

    channels: tuple[Channel, ...]
    axis: int | None

    def _own(self, part: Slices) -> Array:
        return np.stack([channel.pixels(part) for channel in self.channels], -1)

    def spots(self, box: Box) -> Destination:
        """Return where each channel of a part belongs."""
        rows, columns = slice(box[0], box[2]), slice(box[1], box[3])
        return tuple(
            Spot(one.layer, (*(slice(i, i + 1) for i in one.index), rows, columns), number, one.limits)
            for number, one in enumerate(self.channels)
        )

    def origin(self, box: Box, pixels: Array) -> dict[str, Any]:
        """Say for a recipe where the pixels are from; no file has them so."""
        return super().origin(box, pixels) | {"path": None, "channels": [one.origin() for one in self.channels]}

    def placed(self, corner: tuple[int, int], factor: int = 1) -> dict[str, Any]:
        """Return the transforms of a layer for a part, which is seen with every channel."""
        place = super().placed(corner, factor)
        if self.axis is not None:
            scale = np.array(place["scale"], float)
            scale[self.axis] *= self._channels
            place = {**place, "scale": scale}
        return place

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes of the layers that the plane is one index of: not that of the channels."""
        return tuple(axis for axis in super().axes if axis != self.axis)

    @property
    def _channels(self) -> int:
        return 1 if self.axis is None else int(self.data.shape[self.axis])

    def _grid(self, corner: tuple[int, int], cover: tuple[float, float]) -> Matrix:
        matrix = super()._grid(corner, cover)
        if self.axis is not None:
            matrix[self.axis, self.axis], matrix[self.axis, -1] = self._channels, (self._channels - 1) / 2
        return matrix


def of_axis(layer: Image, axis: int, chosen: Sequence[int], world: World) -> ColourPlane:
    """Describe three channels along an axis of a layer, in the slice that is shown.

    Raises
    ------
    ValueError
        When they are not three different ones, or no plane is shown.
    """
    plane, names = read_plane(layer, world), [f"channel {i}" for i in chosen]
    _check(names)
    limits, before, after = _limits(layer), plane.index[:axis], plane.index[axis + 1 :]
    channels = tuple(Channel(layer, plane.data, (*before, i, *after), limits) for i in chosen)
    return _coloured(replace(plane, index=(*before, 0, *after)), channels, axis)


def of_layers(layers: Sequence[Image], world: World) -> ColourPlane:
    """Describe three layers as one colour picture.

    Raises
    ------
    ValueError
        When they are not three different ones, lie in different places, or have no plane that is shown.
    """
    first, *others = layers
    _check([layer.name for layer in layers])
    if odd := [layer.name for layer in others if not fitting(first, layer, world)]:
        raise ValueError(f"layer {odd[0]!r} is not where {first.name!r} is: expected layers of one shape and place")
    planes = [read_plane(layer, world) for layer in layers]
    channels = tuple(Channel(p.layer, p.data, p.index, _limits(p.layer)) for p in planes)
    return _coloured(replace(planes[0], in_memory=all(p.in_memory for p in planes)), channels, None)


def fitting(one: Image, other: Image, world: World) -> bool:
    """Say whether both are grey, of one shape, and in one place."""
    if one.rgb or other.rgb or finest(one).shape != finest(other).shape:
        return False
    corners = np.vstack([np.zeros(one.ndim), np.eye(one.ndim)])
    return all(np.allclose(world.at(one, c).point, world.at(other, c).point) for c in corners)


def _coloured(plane: Plane, channels: tuple[Channel, ...], axis: int | None) -> ColourPlane:
    known = {field.name: getattr(plane, field.name) for field in fields(Plane)}
    look = {"rgb": True, "blending": "translucent", "interpolation2d": plane.look["interpolation2d"]}
    return ColourPlane(**(known | {"limits": (0.0, 1.0), "look": look}), channels=channels, axis=axis)


def _limits(layer: Image) -> tuple[float, float]:
    found = value_range(layer)
    assert found is not None
    return found


def _check(names: Sequence[str]) -> None:
    if len(set(names)) < 3:
        raise ValueError(f"red, green and blue are {', '.join(names)}: expected three different channels")
