"""What a hole starts from."""

from __future__ import annotations

import numpy as np
import torch
from skimage.restoration import inpaint_biharmonic

from napari_robust_synth.core.crops import resample, resample_inside
from napari_robust_synth.core.images import Array, Mask, cast, colours

HOLE = 24
TEXTURE = 0.6
"""Share of the mirrors: LPIPS wants more of them, PSNR less."""


def fill_mean(image: Array, mask: Mask) -> Array:
    """Fill the mask with the mean colour of the rest (of everything, when all is masked); alpha stays."""
    out = image.copy().reshape(*image.shape[:2], -1)
    colour = colours(out)
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
    colour, hole = colours(out[near]), mask[near]
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
    """Fill the mask with its surroundings mirrored at its edge, over the blur of `fill_smooth`; alpha stays.

    The mirrors bring the texture and the blur the colours. There are four, along rows and columns; each counts by the
    inverse square of the distance to its edge, so that none ends in a seam.
    """
    smooth = fill_smooth(image, mask)
    if mask.all():
        return smooth
    out = smooth.reshape(*image.shape[:2], -1)
    _, near = _surroundings(mask)
    colour, hole = colours(out[near]), mask[near]
    seen, weights = zip(*(_mirrored(colour, hole, turns) for turns in range(4)), strict=True)
    mirrored = np.average(seen, 0, np.broadcast_to(np.array(weights)[..., None], np.shape(seen)))
    colour[hole] = cast(TEXTURE * mirrored + (1 - TEXTURE) * colour[hole], image.dtype)
    return out.reshape(image.shape)


def _mirrored(colour: Array, hole: Mask, turns: int) -> tuple[Array, Array]:
    """Return what each pixel of the hole (n,) sees mirrored at its edge to one side, (n, C), and how much it counts.

    Where that is in a hole itself or beyond the picture, the pixel of the edge stands in.
    """
    pixels, inside = np.rot90(colour, turns), np.rot90(hole, turns)
    rows, columns = np.ogrid[: inside.shape[0], : inside.shape[1]]
    edge = np.maximum.accumulate(np.where(inside, -1, columns), 1)
    there = np.maximum(2 * edge - columns, -1)
    there = np.where((there < 0) | inside[rows, there], edge, there)
    weights = np.where(edge < 0, 1e-12, 1.0 / np.maximum(columns - edge, 1) ** 2)
    back = (np.rot90(part, -turns)[hole] for part in (pixels[rows, there].astype(np.float64), weights))
    seen, counts = back
    return seen, counts


def _surroundings(mask: Mask) -> tuple[int, tuple[slice, slice]]:
    """Return the longer side of what the mask spans, and that with as much again around it."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    box = int(max(np.ptp(rows), np.ptp(columns))) + 1
    margin = max(box, HOLE)
    near = [slice(max(int(at[0]) - margin, 0), int(at[-1]) + margin + 1) for at in (rows, columns)]
    return box, (near[0], near[1])
