"""The difference of two pictures, as small as it can be kept without loss."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from napari_robust_synth.core.images import Array


WORTH = 0.95
"""What is not smaller than this when compressed stays as it is."""

Bytes = NDArray[np.uint8]
Box = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Patch:
    """The bytes in which two pictures differ (exclusive or), in the smallest box that holds them all.

    It leads from either picture to the other.

    Parameters
    ----------
    box : tuple of (int, int)
        First and last (exclusive) index of each axis; where nothing differs all are 0.
    itemsize : int
        Bytes of a pixel's value.
    data : bytes
        First bytes of all values, then all second bytes, and so on.
    packed : bool
        Whether ``data`` is compressed.
    """

    box: Box
    itemsize: int
    data: bytes
    packed: bool

    @classmethod
    def between(cls, before: Array, after: Array) -> Patch:
        """Compare two pictures of one shape and type, of any layout.

        Raises
        ------
        ValueError
            When shape or type differ, or values are no numbers.
        """
        if (before.shape, before.dtype) != (after.shape, after.dtype):
            kinds = f"{before.shape} {before.dtype} and {after.shape} {after.dtype}"
            raise ValueError(f"the pictures are {kinds}, expected one shape and type: start a new history")
        if before.dtype.kind not in "buifc":
            raise ValueError(f"the picture has the type {before.dtype}, expected numbers: convert it first")
        box = _box((_bytes(before) != _bytes(after)).any(-1))
        slices = _slices(box)
        return cls._of(_bytes(before[slices]) ^ _bytes(after[slices]), box)

    @classmethod
    def _of(cls, difference: Bytes, box: Box) -> Patch:
        raw = np.moveaxis(difference, -1, 0).tobytes()  # bytes of one kind together are alike, and pack better
        small = zlib.compress(raw, 1)
        packed = len(small) < WORTH * len(raw)
        return cls(box, difference.shape[-1], small if packed else raw, packed)

    @property
    def nbytes(self) -> int:
        """Bytes that this holds."""
        return len(self.data)

    def apply(self, picture: Array) -> Array:
        """Turn one of the two pictures into the other, in place."""
        if self.data:
            slices = _slices(self.box)
            part = picture[slices]
            changed = np.ascontiguousarray(_bytes(part) ^ self._difference())
            picture[slices] = changed.view(picture.dtype)[..., 0]
        return picture

    forth = back = apply

    def mark(self, where: NDArray[np.bool_]) -> None:
        """Set ``where``, of the pictures' shape, to True at all values that differ."""
        if self.data:
            where[_slices(self.box)] |= self._difference().any(-1)

    def then(self, other: Patch) -> Patch:
        """Return one patch for this and another after it."""
        if not (self.data and other.data):
            return self if self.data else other
        pairs = list(zip(self.box, other.box, strict=True))
        box = tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs)
        joined = np.zeros((*(stop - start for start, stop in box), self.itemsize), np.uint8)
        for patch in (self, other):
            inside = tuple(slice(a - c, b - c) for (a, b), (c, _) in zip(patch.box, box, strict=True))
            joined[inside] ^= patch._difference()
        changed = _box(np.asarray(joined.any(-1)))
        return self._of(
            joined[_slices(changed)], tuple((a + c, b + c) for (a, b), (c, _) in zip(changed, box, strict=True))
        )

    def _difference(self) -> Bytes:
        raw = zlib.decompress(self.data) if self.packed else self.data
        shape = (self.itemsize, *(stop - start for start, stop in self.box))
        return np.moveaxis(np.frombuffer(raw, np.uint8).reshape(shape), 0, -1)


def _slices(box: Box) -> tuple[slice, ...]:
    return tuple(slice(*span) for span in box)


def _bytes(picture: Array) -> Bytes:
    shape = (*picture.shape, picture.dtype.itemsize)
    if not math.prod(shape):
        return np.zeros(shape, np.uint8)
    return np.ascontiguousarray(picture)[..., None].view(np.uint8)


def _box(changed: NDArray[np.bool_]) -> Box:
    """Return the smallest box that holds every True."""
    if not changed.any():
        return ((0, 0),) * changed.ndim
    spans: list[tuple[int, int]] = []
    for axis in range(changed.ndim):
        where = np.flatnonzero(changed.any(tuple(i for i in range(changed.ndim) if i != axis)))
        spans.append((int(where[0]), int(where[-1]) + 1))
    return tuple(spans)
