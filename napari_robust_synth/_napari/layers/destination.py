"""Where in its source a result belongs: all of a layer's data, a plane, a part, or channels of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array, Mask, finest

if TYPE_CHECKING:
    from napari.layers import Image

LARGEST_COPY = 4 * 2**30
"""Bytes of data that are still copied, which is what accepting into a part does."""
INSTEAD = "save the result instead (File > Save Selected Layers)"


@dataclass(frozen=True)
class Spot:
    """Where a result, or one of its channels, belongs.

    Parameters
    ----------
    layer : Image
        Whose data.
    where : tuple of slice
        First axes of that data, of those that are not shown one long each; none for all of it.
    channel : int, optional
        Of the result; by default the result is of the data's kind.
    limits : (float, float), optional
        The values that are 0 and 1 in that channel.
    """

    layer: Image
    where: tuple[slice, ...] = ()
    channel: int | None = None
    limits: tuple[float, float] = (0, 1)

    def refusal(self, result: Array) -> str:
        """Say in a line why a result can't be put there; empty when it can."""
        data, name = self.layer.data, self.layer.name
        if self.layer.multiscale:
            return f"{name!r} has several scales, which would have to be made anew: {INSTEAD}"
        if not isinstance(data, np.ndarray):
            found = f"{type(data).__module__.partition('.')[0]} {type(data).__name__}"
            return f"{name!r} is read as it is needed ({found}) and can't be written to: {INSTEAD}"
        if data.nbytes > LARGEST_COPY:
            return f"{name!r} holds {data.nbytes / 2**30:.1f} GB, more than {LARGEST_COPY >> 30}: {INSTEAD}"
        there, kind = data[self.where], self._of(result)
        if there.shape != kind.shape:
            sizes = f"the result is {_size(kind)} px, {name!r} is {_size(there)} px there"
            return f"{sizes}: undo to that size, or {INSTEAD}"
        if there.dtype != kind.dtype and self.channel is None:
            return f"the result holds {kind.dtype}, {name!r} holds {there.dtype}: {INSTEAD}"
        return ""

    @property
    def whole(self) -> bool:
        """Whether it is all of the layer's data."""
        shape = finest(self.layer).shape
        return self.channel is None and all(p.stop - p.start >= n for p, n in zip(self.where, shape, strict=False))

    def takes(self, picture: Array) -> bool:
        """Say whether its layer still has that place, for values of that kind."""
        data = finest(self.layer)
        if len(self.where) != self.layer.ndim or any(p.stop > n for p, n in zip(self.where, data.shape, strict=False)):
            return False
        return self.channel is not None or (picture.ndim, picture.dtype) == (len(data.shape), data.dtype)

    def write(self, data: Array, result: Array, where: Mask) -> None:
        """Put a result into data of the layer's kind, where ``where`` is True."""
        there, values, here = data[self.where], self._of(result), self._of(where)
        if self.channel is None:
            there[here] = values[here]
            return
        from napari_robust_synth.core.images import cast

        low, high = self.limits
        there[here] = cast(low + (high - low) * values[here].astype(np.float64), there.dtype)

    def _of(self, result: Array) -> Array:
        return result if self.channel is None else result[..., self.channel]


Destination = tuple[Spot, ...]


def meet(one: Destination, other: Destination) -> bool:
    """Say whether two places share some pixels."""
    pairs = [(a.where, b.where) for a in one for b in other if a.layer is b.layer and len(a.where) == len(b.where)]
    return any(all(max(a.start, b.start) < min(a.stop, b.stop) for a, b in zip(*two, strict=True)) for two in pairs)


def along(destination: Destination, axis: int, length: int) -> Destination:
    """Return where the slices of a stack belong, of which ``destination`` is one's place."""
    every = slice(0, length)
    return tuple(replace(s, where=(*s.where[:axis], every, *s.where[axis + 1 :])) for s in destination)


def layers_of(destination: Destination) -> list[Image]:
    """Return the layers of a destination, each once."""
    return list(dict.fromkeys(spot.layer for spot in destination))


def refusal(destination: Destination, result: Array) -> str:
    """Say in a line why a result can't be accepted; empty when it can."""
    return next((why for spot in destination if (why := spot.refusal(result))), "")


def written(destination: Destination, layer: Image, before: Array, result: Array, where: Mask) -> Array:
    """Return a copy of a layer's data with the values of a result, where ``where`` is True."""
    after = before.copy("K")
    for spot in destination:
        if spot.layer is layer:
            spot.write(after, result, where)
    return after


def _size(part: Array) -> str:
    return " x ".join(map(str, part.shape[::-1]))
