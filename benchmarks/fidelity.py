"""How near results come to the truth: what is hidden, and distances and PSNR against those of a simple method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from common import SIDE, mean_ci, psnr, share_ci

Pictures = Sequence[np.ndarray]
Distance = Callable[[Pictures, Pictures], list[float]]

SQUARE = 60
FACTOR = 8


def squares(n: int, seed: int) -> list[np.ndarray]:
    """Draw masks with one square each, anywhere in the picture."""
    masks = np.zeros((n, SIDE, SIDE), bool)
    corners = np.random.default_rng(seed).integers(0, SIDE - SQUARE + 1, (n, 2))
    for mask, (top, left) in zip(masks, corners, strict=True):
        mask[top : top + SQUARE, left : left + SQUARE] = True
    return list(masks)


def area_means(image: np.ndarray) -> np.ndarray:
    """Shrink (H, W, 3) uint8 eight times, to the mean of each 8 x 8 block."""
    h, w = (side // FACTOR for side in image.shape[:2])
    return np.rint(image.reshape(h, FACTOR, w, FACTOR, 3).mean((1, 3))).astype(np.uint8)


def compare(truth: Pictures, ours: Pictures, theirs: Pictures, metrics: dict[str, Distance]) -> dict[str, Any]:
    """Measure both methods, the mean of the paired difference, and how often ours is nearer to the truth."""
    out: dict[str, Any] = {}
    for name, distance in metrics.items():
        a, b = distance(ours, truth), distance(theirs, truth)
        out[name] = _pair(a, b, [x < y for x, y in zip(a, b, strict=True)])
    a, b = ([psnr(x, t) for x, t in zip(xs, truth, strict=True)] for xs in (ours, theirs))
    out["PSNR"] = _pair(a, b, [x > y for x, y in zip(a, b, strict=True)])
    return out


def _pair(ours: Sequence[float], theirs: Sequence[float], better: Sequence[bool]) -> dict[str, Any]:
    difference = [x - y for x, y in zip(ours, theirs, strict=True)]
    return {
        "ours": mean_ci(ours),
        "theirs": mean_ci(theirs),
        "ours - theirs": mean_ci(difference),
        "ours better": share_ci(better),
    }
