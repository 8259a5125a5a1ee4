"""Masks and label images as JSON types."""

from __future__ import annotations

import base64
import operator
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Labels = NDArray[Any]


def pack_mask(mask: Mask) -> dict[str, Any]:
    """Turn a mask (H, W) into JSON types."""
    return {"shape": list(mask.shape), "data": _pack(np.packbits(mask).tobytes())}


def unpack_mask(packed: Mapping[str, Any]) -> Mask:
    """Turn what `pack_mask` made back into a mask (H, W).

    Raises
    ------
    ValueError
        When it is damaged.
    """
    (height, width), raw = _unpack(packed, 1)
    return np.unpackbits(np.frombuffer(raw, np.uint8), count=height * width).reshape(height, width).astype(bool)


def pack_labels(labels: Labels) -> dict[str, Any]:
    """Turn a label image (H, W), labels from 0 to 2**31 - 1, into JSON types: a mask, with bytes for bits."""
    small = labels.astype("u1" if labels.size == 0 or labels.max() < 256 else "<u4")
    return {"shape": list(labels.shape), "bytes": small.itemsize, "data": _pack(small.tobytes())}


def unpack_labels(packed: Mapping[str, Any]) -> NDArray[np.int32]:
    """Turn what `pack_labels` made back into a label image (H, W).

    Raises
    ------
    ValueError
        When it is damaged.
    """
    size = packed.get("bytes")
    if size not in (1, 4):
        raise ValueError(f"the recipe's labels are damaged (expected 1 or 4 bytes a pixel, got {size!r})")
    shape, raw = _unpack(packed, 8 * size)
    return np.frombuffer(raw, "u1" if size == 1 else "<u4").reshape(shape).astype(np.int32)


def _pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode()


def _unpack(packed: Mapping[str, Any], bits: int) -> tuple[tuple[int, int], bytes]:
    try:
        height, width = map(operator.index, packed["shape"])
        expected = -(-height * width * bits // 8)
        raw = zlib.decompressobj().decompress(base64.b64decode(packed["data"]), expected + 1)
        if min(height, width) < 1 or len(raw) != expected:
            raise ValueError(f"{len(raw)} bytes for {width} x {height} px")
    except (KeyError, TypeError, ValueError, OverflowError, zlib.error) as error:
        raise ValueError(f"the recipe's mask is damaged ({error})") from None
    return (height, width), raw
