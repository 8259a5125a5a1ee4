"""What a hole starts from."""

from __future__ import annotations

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from skimage.restoration import inpaint_biharmonic

from napari_robust_synth.core.crops import resample, resample_inside
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
    box, near = _surroundings(mask)
    colour, hole = out[near][..., :3], mask[near]
    shape = tuple(max(round(side * min(HOLE / box, 1.0)), 8) for side in hole.shape)
    known = torch.from_numpy(~hole)[None, None].float()
    planes = [torch.from_numpy(colour[..., c].astype(np.float32))[None, None] for c in range(colour.shape[2])]
    small = torch.cat([resample_inside(plane, known, shape) for plane in planes])[:, 0].numpy().astype(np.float64)
    unknown = resample(known, shape)[0, 0].numpy() < 0.5
    if unknown.any() and not unknown.all():
        small = inpaint_biharmonic(small, unknown, channel_axis=0)
    for c, coarse in enumerate(small):
        smooth = resample(torch.from_numpy(coarse)[None, None], hole.shape, "bicubic")[0, 0].numpy()[hole]
        seen = colour[..., c][~hole].astype(np.float64)
        colour[hole, c] = cast(smooth.clip(seen.min(), seen.max()), image.dtype)
    return out.reshape(image.shape)


def fill_texture(image: Array, mask: Mask) -> Array:
    """Fill the mask with the mean of `fill_smooth` and of its surroundings mirrored at its edge; alpha stays.

    The blur has the colours and the mirror the texture. Where that would show what is in a hole itself or beyond the
    picture, the nearest pixel of the edge stands in.
    """
    smooth = fill_smooth(image, mask)
    if mask.all():
        return smooth
    out = smooth.reshape(*image.shape[:2], -1)
    _, near = _surroundings(mask)
    colour, hole = out[near][..., :3], mask[near]
    edge = distance_transform_edt(hole, return_distances=False, return_indices=True)[:, hole]
    mirrored = 2 * edge - np.stack(np.nonzero(hole))
    within = ((mirrored >= 0) & (mirrored < np.array(hole.shape)[:, None])).all(0)
    mirrored = np.where(within, mirrored, edge)
    mirrored = np.where(hole[tuple(mirrored)], edge, mirrored)
    mean = (colour[tuple(mirrored)].astype(np.float64) + colour[hole]) / 2
    colour[hole] = cast(mean, image.dtype)
    return out.reshape(image.shape)


def _surroundings(mask: Mask) -> tuple[int, tuple[slice, slice]]:
    """Return the longer side of what the mask spans, and that with as much again around it."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    box = int(max(np.ptp(rows), np.ptp(columns))) + 1
    margin = max(box, HOLE)
    near = [slice(max(int(at[0]) - margin, 0), int(at[-1]) + margin + 1) for at in (rows, columns)]
    return box, (near[0], near[1])
