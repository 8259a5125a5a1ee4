"""What a hole starts from."""

from __future__ import annotations

import numpy as np
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
    colour = out[..., :3]
    known, seen = (~mask)[..., None].astype(np.float64), colour[~mask].astype(np.float64)
    box = max(int(np.ptp(np.flatnonzero(mask.any(axis)))) for axis in (0, 1))
    shape = [max(round(side * min(HOLE / (box + 1), 1.0)), 8) for side in mask.shape]
    share = resize(known, shape, order=1, anti_aliasing=True)
    small = resize(colour * known, shape, order=1, anti_aliasing=True) / np.maximum(share, 1e-3)
    hole = share[..., 0] < 0.5
    filled = inpaint_biharmonic(small, hole, channel_axis=2) if hole.any() and not hole.all() else small
    smooth = resize(filled, mask.shape, order=3)
    colour[mask] = cast(smooth[mask].clip(seen.min(0), seen.max(0)), image.dtype)
    return out.reshape(image.shape)
