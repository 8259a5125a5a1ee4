"""The part of a picture that is worked on, and the grid the classifier sees it on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from torch import Tensor
from torch.nn import functional as F

from napari_robust_synth.core.images import Mask

NETWORK_MIN_SIDE = 32
CONTEXT = 3.0


@dataclass(frozen=True)
class Crop:
    """A rectangle of a picture: rows ``top`` to ``bottom``, columns ``left`` to ``right`` (exclusive)."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index an (H, W, ...) array with this."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.bottom - self.top, self.right - self.left

    def union(self, other: Crop) -> Crop:
        """Return the smallest rectangle that holds both."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        return Crop(top, left, max(self.bottom, other.bottom), max(self.right, other.right))

    def moved(self, down: int, right: int) -> Crop:
        """Return the same rectangle in a picture that begins so much further up and left."""
        return Crop(self.top + down, self.left + right, self.bottom + down, self.right + right)


def working_crop(shape: tuple[int, int], mask: Mask | None, size: int) -> Crop:
    """Return the mask's bounding box with context, see `crop_around`; without a mask, everything."""
    if mask is None:
        return Crop(0, 0, *shape)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = Crop(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
    return crop_around(shape, box, size)


def crop_around(shape: tuple[int, int], box: Crop, size: int) -> Crop:
    """Return a rectangle with context in a picture of a shape, at least twice the working size."""
    side = round(max(CONTEXT * max(box.shape), 2 * size))
    top, bottom = _span(box.top, box.bottom, side, shape[0])
    left, right = _span(box.left, box.right, side, shape[1])
    return Crop(top, left, bottom, right)


def _span(first: int, stop: int, side: int, limit: int) -> tuple[int, int]:
    start = min(max((first + stop - side) // 2, 0), max(limit - side, 0))
    return start, min(start + side, limit)


def working_shape(shape: tuple[int, int], size: int) -> tuple[int, int]:
    """Return (h, w) of about ``size`` x ``size`` pixels with the aspect of ``shape``, no side below 32."""
    stretch = (shape[0] / shape[1]) ** 0.5
    height, width = round(size * stretch), round(size / stretch)
    return max(height, NETWORK_MIN_SIDE), max(width, NETWORK_MIN_SIDE)


def resample(x: Tensor, shape: tuple[int, int], mode: str = "bilinear") -> Tensor:
    """Resample (N, C, H, W) to another grid, low-pass filtered when it shrinks."""
    if x.shape[2:] == shape:
        return x
    if mode == "nearest":
        return F.interpolate(x, shape, mode="nearest-exact")
    return F.interpolate(x, shape, mode=mode, align_corners=False, antialias=True)


def resample_inside(x: Tensor, inside: Tensor, shape: tuple[int, int]) -> Tensor:
    """Resample (N, C, H, W) from where ``inside`` (N, 1, H, W) is not 0 alone.

    What is held outside a hard-edged mask would otherwise thin the change along its edge.
    """
    return resample(x * inside, shape) / resample(inside, shape).clamp_min(1e-3)


def soft_edge(mask: Mask, width: float) -> NDArray[np.float32]:
    """Return weights that rise from 0 outside the mask to 1 over ``width`` pixels inside it."""
    if mask.all():
        return np.ones(mask.shape, np.float32)
    distance = distance_transform_edt(np.pad(mask, 1, mode="edge"))[1:-1, 1:-1]
    weights: NDArray[np.float32] = (distance / max(width, 1.0)).clip(0, 1).astype(np.float32)
    return weights
