"""A mask layer that any thread may ask, where it was when Run was pressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array, Matrix, finest

if TYPE_CHECKING:
    from napari.layers import Labels, Shapes


class Still:
    """What of a Labels or Shapes layer tells what it marks in any slice; read it like the layer.

    Shapes are copied. Labels may be lazy, and large: they are the layer's own, which a brush changes in place, so that
    the worker copies what it needs before anything else.
    """

    multiscale = False

    def __init__(self, layer: Labels | Shapes) -> None:
        self.name, self.ndim, self._type_string = layer.name, layer.ndim, layer._type_string
        self.units, self._to_world = layer.units, full_matrix(layer)
        if self._type_string == "labels":
            self.data: Any = finest(layer)
            self.selected_label = layer.selected_label
        else:
            self.data, self.shape_type = [np.array(shape) for shape in layer.data], list(layer.shape_type)

    def data_to_world(self, position: Sequence[float]) -> Array:
        """Return where a point of the data is."""
        moved: Array = (self._to_world @ (*position, 1))[:-1]
        return moved

    def world_to_data(self, position: Sequence[float]) -> Array:
        """Return which point of the data is at a place."""
        back: Array = np.linalg.solve(self._to_world, (*position, 1))[:-1]
        return back


def full_matrix(layer: Labels | Shapes) -> Matrix:
    """Return the matrix (D + 1, D + 1) from a layer's data to world coordinates."""
    matrix = np.eye(layer.ndim + 1)
    matrix[:-1, -1] = origin = np.asarray(layer.data_to_world(np.zeros(layer.ndim)))
    for axis, unit in enumerate(np.eye(layer.ndim)):
        matrix[:-1, axis] = np.asarray(layer.data_to_world(unit)) - origin
    return matrix
