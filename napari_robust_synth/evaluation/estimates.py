"""Means with 95 % intervals: what every figure of a report is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z = 1.96
RESAMPLES = 2000
BLOCKS = 10


@dataclass(frozen=True)
class Estimate:
    """A figure of ``n`` pictures and its 95 % interval; without one where too few were measured."""

    mean: float
    low: float | None
    high: float | None
    n: int


def bootstrap(values: Sequence[float], seed: int = 0) -> Estimate:
    """Return the mean of one value a picture; the interval is that of means of pictures drawn again."""
    v = np.asarray(values, np.float64)
    if len(v) < 2:
        return Estimate(float(v.mean()), None, None, len(v))
    drawn = np.random.default_rng(seed).integers(0, len(v), (RESAMPLES, len(v)))
    low, high = np.percentile(v[drawn].mean(1), (2.5, 97.5))
    return _estimate(v.mean(), low, high, len(v))


def ratio(over: Sequence[float], under: Sequence[float], seed: int = 0) -> Estimate:
    """Return the mean of one value over the mean of another; the interval is that of pictures drawn again."""
    a, b = np.asarray(over, np.float64), np.asarray(under, np.float64)
    if len(a) < 2:
        return Estimate(float(a.mean() / b.mean()), None, None, len(a))
    drawn = np.random.default_rng(seed).integers(0, len(a), (RESAMPLES, len(a)))
    low, high = np.percentile(a[drawn].mean(1) / b[drawn].mean(1), (2.5, 97.5))
    return _estimate(a.mean() / b.mean(), low, high, len(a))


def normal(values: Sequence[float]) -> Estimate:
    """Return the mean of one value a picture; the interval is the normal distribution's."""
    v = np.asarray(values, np.float64)
    if len(v) < 2:
        return Estimate(float(v.mean()), None, None, len(v))
    half = Z * v.std(ddof=1) / math.sqrt(len(v))
    return _estimate(v.mean(), v.mean() - half, v.mean() + half, len(v))


def share(hits: Sequence[bool]) -> Estimate:
    """Return the share of hits in percent; the interval is Wilson's, which also holds near 0 and 100 %."""
    n, p = len(hits), float(np.mean(hits))
    centre, half = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    low, high = (min(max((centre + sign * half) / (1 + Z * Z / n), 0.0), 1.0) for sign in (-1, 1))
    return _estimate(100 * p, 100 * low, 100 * high, n)


def jackknife(n: int, statistic: Callable[[NDArray[np.intp]], float], seed: int = 0) -> Estimate:
    """Return what a statistic of whole sets is; the interval is from leaving out a tenth of the pictures at a time.

    Parameters
    ----------
    n : int
        Number of pictures.
    statistic : callable
        Takes the numbers of the pictures to count, at least half of them.
    seed : int
        Decides which pictures are left out together.
    """
    everything = np.arange(n)
    value = statistic(everything)
    if n < 2 * BLOCKS:
        return Estimate(value, None, None, n)
    blocks = np.array_split(np.random.default_rng(seed).permutation(n), BLOCKS)
    left = np.array([statistic(np.setdiff1d(everything, block)) for block in blocks])
    half = Z * math.sqrt((BLOCKS - 1) / BLOCKS * float(((left - left.mean()) ** 2).sum()))
    return _estimate(value, value - half, value + half, n)


def _estimate(mean: float, low: float, high: float, n: int) -> Estimate:
    return Estimate(float(mean), float(low), float(high), n)
