"""What a hole starts from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.restoration import inpaint_biharmonic
from skimage.transform import resize

from napari_robust_synth.core.images import Array, Mask, cast

HOLE = 24


def fill_mean(image: Array, mask: Mask) -> Array:
    """Fill the mask with the mean colour of the rest (of everything, when all is masked); alpha stays."""
    out = image.copy().reshape(*image.shape[:2], -1)
    colour = out[..., :3]
    mean = colour[mask if mask.all() else ~mask].mean(0, dtype=np.float64)
    colour[mask] = cast(mean, image.dtype)
    return out.reshape(image.shape)


def fill_smooth(image: Array, mask: Mask) -> Array:
    """Fill the mask with a blur that continues its surroundings (biharmonic); alpha stays.

    It is solved where the hole is 24 px wide: finer detail would not be in a blur.
    """
    if mask.all():
        return fill_mean(image, mask)
    out = image.copy().reshape(*image.shape[:2], -1)
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    box = int(max(np.ptp(rows), np.ptp(columns))) + 1
    margin = max(box, HOLE)
    near = tuple(slice(max(at[0] - margin, 0), at[-1] + margin + 1) for at in (rows, columns))
    colour, hole = np.moveaxis(out[near][..., :3], 2, 0), mask[near]
    shape = [max(round(side * min(HOLE / box, 1.0)), 8) for side in hole.shape]
    down, across = (_tents(n, side) for n, side in zip(shape, hole.shape, strict=True))
    share = np.maximum(down @ ~hole @ across.T, 1e-3)
    small = np.stack([down @ np.where(hole, 0, c) @ across.T / share for c in colour], 2)
    unknown = share < 0.5
    filled = inpaint_biharmonic(small, unknown, channel_axis=2) if unknown.any() and not unknown.all() else small
    # Enlarging is linear, so the enlarged unit vectors are its matrix.
    up, along = (resize(np.eye(n), (side, n), order=3, clip=False) for n, side in zip(shape, hole.shape, strict=True))
    for channel, coarse in zip(colour, np.moveaxis(filled, 2, 0), strict=True):
        seen = channel[~hole].astype(np.float64)
        smooth = (up @ coarse @ along.T)[hole]
        channel[hole] = cast(smooth.clip(seen.min(), seen.max()), image.dtype)
    return out.reshape(image.shape)


def _tents(n: int, side: int) -> NDArray[np.float64]:
    """Return the matrix (n, side) that reduces ``side`` pixels to ``n`` weighted means."""
    step = side / n
    centres = (np.arange(n)[:, None] + 0.5) * step - 0.5
    weights = np.maximum(1 - np.abs(np.arange(side) - centres) / step, 0)
    return np.asarray(weights / weights.sum(1, keepdims=True))
