"""Pictures as numpy arrays (H, W[, C]) of any dtype, and as float32 tensors (N, 3, H, W) in [0, 1]."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

Array = NDArray[Any]
Mask = NDArray[np.bool_]
Range = tuple[float, float]

MIN_SIDE = 8
CORRECTIONS = 5
"""How often an enlarged picture is given back what its shrunk one lacks."""
MAX_PIXELS = 100_000_000
WIDEST = 2
"""Integers of more bytes hardly ever span their type's range, so that says nothing of black and white."""


def dtype_range(image: Array, value_range: Range | None = None) -> Range:
    """Return the values that mean black and white: as given, or the dtype's range (float: 0 to 1).

    Raises
    ------
    ValueError
        When a float image leaves 0 to 1 or integers have more than 16 bits and no range is given, or the range is
        empty.
    """
    if value_range is not None:
        low, high = map(float, value_range)
        if not (np.isfinite([low, high]).all() and low < high):
            raise ValueError(f"the value range is {low:g} to {high:g}, but it must be finite and rise")
        return low, high
    if image.dtype.kind == "f":
        low, high = float(image.min()), float(image.max())
        if low < 0 or high > 1:
            raise ValueError(
                f"the float image has values from {low:g} to {high:g}, expected 0 to 1: {_range_remedy(image)}"
            )
        return 0.0, 1.0
    if image.dtype.kind == "b":
        return 0.0, 1.0
    if image.dtype.itemsize > WIDEST:
        raise ValueError(
            f"the {image.dtype} image has values from {image.min()} to {image.max()}, expected 8 or 16 bits: "
            f"{_range_remedy(image)}"
        )
    info = np.iinfo(image.dtype)
    return float(info.min), float(info.max)


def _range_remedy(image: Array) -> str:
    if colours(image).shape[2] == 1:
        return "say which values are black and white (--range LOW,HIGH, or contrast limits in napari)"
    return "divide it by its white (often 255), or convert it to uint8; the command line has --range LOW,HIGH"


def check_image(image: Array) -> Array:
    """Return ``image`` when it is one we can edit.

    Raises
    ------
    ValueError
        When it is not (H, W[, 1, 2, 3 or 4]), smaller than 8 px, not a number, or not finite; of 2 or 4 channels the
        last is alpha.
    """
    image = np.asarray(image)
    if image.ndim not in (2, 3):
        raise ValueError(f"the image has {image.ndim} dimensions {image.shape}, expected (H, W) or (H, W, 3 or 4)")
    if image.ndim == 3 and image.shape[2] not in (1, 2, 3, 4):
        raise ValueError(f"the image has {image.shape[2]} channels, expected grey, RGB or RGBA")
    if min(image.shape[:2]) < MIN_SIDE:
        raise ValueError(f"the image is {image.shape[1]} x {image.shape[0]} px, expected at least {MIN_SIDE} a side")
    if image.dtype.kind not in "buif":
        raise ValueError(f"the image has the type {image.dtype}, expected integers or floats")
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        raise ValueError("the image has NaN or infinite pixels: replace them first")
    return image


def check_mask(mask: Array, shape: tuple[int, ...]) -> Mask:
    """Return a mask (H, W) as booleans; what is not 0 may change.

    Raises
    ------
    ValueError
        When its size is not that of the image, or nothing is marked.
    """
    marked = np.asarray(mask).astype(bool)
    if marked.ndim == 3:
        marked = np.any(marked[..., : 1 if marked.shape[2] == 2 else 3], axis=2)
    if marked.shape != shape[:2]:
        got = " x ".join(map(str, marked.shape[::-1]))
        raise ValueError(f"the mask is {got} px, but the image is {shape[1]} x {shape[0]} px: they must agree")
    if not marked.any():
        raise ValueError("the mask is empty: mark the region that may change")
    return marked


def colours(image: Array) -> Array:
    """Return the grey, (H, W, 1), or the colours, (H, W, 3), of a picture without its alpha; a view."""
    channels = image.reshape(*image.shape[:2], -1)
    return channels[..., : 1 if channels.shape[2] < 3 else 3]


def enlarge(image: Array, factor: int, mode: str) -> Array:
    """Enlarge each side ``factor`` times; dtype stays.

    Parameters
    ----------
    image : array
        (H, W) or (H, W, C).
    factor : int
        How many times.
    mode : str
        ``nearest`` repeats pixels, ``bicubic`` interpolates, ``faithful`` does, too, and corrects that until each
        pixel is again the mean of what it became, up to rounding and the range of the picture's values (iterative
        back-projection, Irani and Peleg 1991).

    Raises
    ------
    ValueError
        When the result would be beyond 100 million pixels.
    """
    height, width = (side * factor for side in image.shape[:2])
    if height * width > MAX_PIXELS:
        raise ValueError(f"the result would be {width} x {height} px, more than 100 million: choose a smaller factor")
    if mode == "nearest":
        return image.repeat(factor, 0).repeat(factor, 1)
    low, high = float(image.min()), float(image.max())
    small = torch.from_numpy(image.reshape(*image.shape[:2], -1).astype(np.float64).transpose(2, 0, 1))[None]
    fine = F.interpolate(small, scale_factor=factor, mode="bicubic")
    for _ in range(CORRECTIONS if mode == "faithful" else 0):
        fine = fine.clamp(low, high)
        fine += F.interpolate(small - F.avg_pool2d(fine, factor), scale_factor=factor, mode="bicubic")
    value = fine[0].permute(1, 2, 0).numpy().reshape(height, width, *image.shape[2:])
    return cast(value.clip(low, high), image.dtype)


def cast(value: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    """Round and clip values to what ``dtype`` holds."""
    if dtype.kind == "b":
        return value > 0.5
    if dtype.kind == "f":
        return value.astype(dtype)
    info = np.iinfo(dtype)
    high = float(info.max)
    if high > info.max:  # no float64 is 2**63 - 1: it became 2**63, which int64 can't hold
        high = float(np.nextafter(high, 0))
    return np.rint(value).clip(info.min, high).astype(dtype)


def to_tensor(image: Array, value_range: Range) -> Tensor:
    """Turn a picture (H, W[, 1, 2, 3 or 4]) into (1, 3, H, W) in [0, 1]; alpha is dropped, grey repeated."""
    low, high = value_range
    scaled = (colours(image).astype(np.float32) - np.float32(low)) / np.float32(high - low)
    x = torch.from_numpy(np.ascontiguousarray(scaled.clip(0, 1).transpose(2, 0, 1)))[None]
    return x.expand(1, 3, -1, -1).contiguous()


def add_change(image: Array, change: Array, value_range: Range, weight: Array | None = None) -> Array:
    """Add a change (H, W, 3), in units of the value range, to a picture; dtype, alpha and grey stay.

    Where ``weight`` (H, W) in [0, 1] is 0 the pixels are bit-identical.
    """
    colour = colours(image)
    delta = change.mean(2, keepdims=True) if colour.shape[2] == 1 else change
    if weight is not None:
        delta = delta * weight[..., None]
    value = colour.astype(np.float64) + delta * (value_range[1] - value_range[0])
    if image.dtype.kind == "f":
        low, high = min(value_range[0], float(colour.min())), max(value_range[1], float(colour.max()))
        value = value.clip(low, high)
    touched = delta != 0 if weight is None else (delta != 0) & (weight[..., None] > 0)
    out: Array = image.copy()
    colours(out)[:] = np.where(touched, cast(value, image.dtype), colour)
    return out


def to_array(x: Tensor) -> NDArray[np.float32]:
    """Turn (N, 3, H, W) into a float32 numpy copy (N, H, W, 3)."""
    array: NDArray[np.float32] = x.detach().permute(0, 2, 3, 1).float().cpu().numpy().copy()
    return array
