"""What earlier runs made of places in a layer, which a later run starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array, Box

if TYPE_CHECKING:
    from napari_robust_synth._napari.layers.destination import Destination


@dataclass(frozen=True)
class Earlier:
    """A result that lies over its source.

    Parameters
    ----------
    into : tuple of Spot
        Which place in the source it is of.
    picture : array-like
        (..., h, w[, C]), as its layer shows it, with all axes of the source.
    """

    into: Destination
    picture: Any

    @property
    def box(self) -> Box:
        """Which rectangle of its plane it covers."""
        return rectangle(self.into)

    def over(self, own: Destination) -> Array | None:
        """Return what there is of the plane of ``own``, (h, w[, C]); None when it is of another, or of another size."""
        if [replace(spot, where=()) for spot in own] != [replace(spot, where=()) for spot in self.into]:
            return None
        axes = [list(zip(a.where[:-2], b.where[:-2], strict=True)) for a, b in zip(own, self.into, strict=True)]
        if not all(there.start <= here.start < there.stop for one in axes for here, there in one):
            return None
        plane: Array = self.picture[tuple(here.start - there.start for here, there in axes[0])]
        top, left, bottom, right = self.box
        return plane if plane.shape[:2] == (bottom - top, right - left) else None


def rectangle(place: Destination) -> Box:
    """Return which rectangle of its plane a place is."""
    rows, columns = place[0].where[-2:]
    return rows.start, columns.start, rows.stop, columns.stop


def shared(box: Box, other: Box) -> Box | None:
    """Return the rectangle that two share, if there is one."""
    top, left, bottom, right = (*map(max, box[:2], other[:2]), *map(min, box[2:], other[2:]))
    return (top, left, bottom, right) if top < bottom and left < right else None


def as_seen(own: Destination, earlier: Sequence[Earlier], read: Callable[[], Array]) -> Array:
    """Return a place with what earlier runs made of it, the last on top; it is read when they leave some of it free."""
    box, parts = rectangle(own), list[tuple[Box, Array]]()
    for one in earlier:
        part, plane = shared(one.box, box), one.over(own)
        if part is not None and plane is not None:
            parts.append((part, np.asarray(plane[within(part, one.box)])))
    if not parts:
        return read()
    whole = next((made for part, made in parts if part == box), None)
    out = np.array(read() if whole is None else whole)
    for part, made in parts:
        out[within(part, box)] = made
    return out


def within(part: Box, box: Box) -> tuple[slice, slice]:
    """Return the rows and columns that a part of a rectangle has in it."""
    return slice(part[0] - box[0], part[2] - box[0]), slice(part[1] - box[1], part[3] - box[1])
