"""Other slices of a plane's layer, without asking that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_robust_synth._napari.layers import Matrix
from napari_robust_synth._napari.planes import Plane


def slice_at(plane: Plane, axis: int, number: int) -> Plane:
    """Return another plane of the same layer."""
    moved = replace(plane, index=(*plane.index[:axis], number, *plane.index[axis + 1 :]))
    matrix, to_world = _to_world(moved), np.eye(3)
    to_world[:2] = matrix[-3:-1, -3:]
    return replace(moved, to_world=to_world)


def world_corner(plane: Plane) -> tuple[float, ...]:
    """Return the world coordinates of a plane's first pixel."""
    return tuple(_to_world(plane)[:-1, -1].tolist())


def _to_world(plane: Plane) -> Matrix:
    matrix = np.asarray(plane.place["affine"].affine_matrix) @ plane.inner
    shift = np.eye(len(matrix))
    shift[: len(plane.index), -1] = plane.index
    moved: Matrix = matrix @ shift
    return moved
