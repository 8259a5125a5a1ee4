"""Other slices of a plane's layer, without asking that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_robust_synth._napari.layers.colours import ColourPlane
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.layers.world import World


def slice_at(plane: Plane, axis: int, number: int) -> Plane:
    """Return another plane of the same layer, or of the same channels."""
    index = _moved(plane.index, axis, number)
    if isinstance(plane, ColourPlane):
        channels = tuple(replace(one, index=_moved(one.index, axis, number)) for one in plane.channels)
        return replace(plane, index=index, channels=channels)
    return replace(plane, index=index)


def world_at(world: World, plane: Plane, axis: int) -> World:
    """Return the same world with the sliders at the number of a plane along an axis of its layer."""
    size = len(plane.matrix) - 1
    position = np.linalg.solve(plane.matrix, (*world.point[-size:], 1))
    position[axis] = plane.index[axis]
    return replace(world, point=(*world.point[:-size], *(plane.matrix @ position)[:-1].tolist()))


def _moved(index: tuple[int, ...], axis: int, number: int) -> tuple[int, ...]:
    return (*index[:axis], number, *index[axis + 1 :])
