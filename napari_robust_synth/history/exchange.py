"""The way between two pictures of different shape or type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth.history.patch import Patch

if TYPE_CHECKING:
    from napari_robust_synth.core.images import Array


@dataclass(frozen=True)
class Whole:
    """A picture by itself: its difference from one of zeros."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    patch: Patch

    @classmethod
    def of(cls, picture: Array) -> Whole:
        """Keep a picture of any layout."""
        return cls(picture.shape, picture.dtype, Patch.between(np.zeros_like(picture), picture))

    def picture(self) -> Array:
        """Return the picture, to the bit."""
        return self.patch.apply(np.zeros(self.shape, self.dtype))


@dataclass(frozen=True)
class Exchange:
    """Two pictures that have no pixels in common: each is kept whole."""

    before: Whole
    after: Whole

    @property
    def nbytes(self) -> int:
        """Bytes that this holds."""
        return self.before.patch.nbytes + self.after.patch.nbytes

    def forth(self, _: Array) -> Array:
        """Return the picture after the edit."""
        return self.after.picture()

    def back(self, _: Array) -> Array:
        """Return the picture before the edit."""
        return self.before.picture()


Way = Patch | Exchange
"""Leads from one picture to another with ``forth``, and with ``back`` to the one; a patch does so in place."""


def between(before: Array, after: Array) -> Way:
    """Return the way from one picture to another.

    Raises
    ------
    ValueError
        When their values are no numbers.
    """
    if (before.shape, before.dtype) == (after.shape, after.dtype):
        return Patch.between(before, after)
    return Exchange(Whole.of(before), Whole.of(after))


def joined(first: Way, second: Way) -> Way:
    """Return one way for two, one after the other."""
    if isinstance(first, Patch):
        if isinstance(second, Patch):
            return first.then(second)
        return between(first.back(second.before.picture()), second.after.picture())
    return between(first.before.picture(), second.forth(first.after.picture()))
