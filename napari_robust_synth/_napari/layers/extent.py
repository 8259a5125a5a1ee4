"""Pictures of several sizes over the same ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_robust_synth._napari.layers.arrays import grid_shift, inner_matrix

if TYPE_CHECKING:
    from napari.layers import Image


def refit(layer: Image, before: tuple[int, ...], after: tuple[int, ...]) -> None:
    """Let a layer's picture cover what one of another shape covered in its place."""
    if before == after:
        return
    sides = slice(-3, -1) if layer.rgb else slice(-2, None)
    cover = [was / now for was, now in zip(before[sides], after[sides], strict=True)]
    shift = np.eye(layer.ndim + 1)
    shift[-3:, -3:] = grid_shift((cover[0], cover[1]))
    scale, corner = np.array(layer.scale, float), (inner_matrix(layer) @ shift)[:-1, -1]
    scale[-2:] *= cover
    layer.scale, layer.translate = scale, corner
