"""How near pictures come to the true ones: PSNR and perceptual distances, of each and between two methods."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.estimates import Estimate, bootstrap, normal
from napari_robust_synth.evaluation.metrics import METRICS
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.evaluation.results import Check, Row

EQUAL = 100.0
"""dB of equal pictures, whose PSNR is infinite."""
Near = Mapping[str, Sequence[float]]


def psnr(a: Pixels, b: Pixels) -> float:
    """Return the peak signal-to-noise ratio of two uint8 pictures, in dB, at most 100."""
    mse = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return min(10 * math.log10(255**2 / mse), EQUAL) if mse > 0 else EQUAL


def nearness(made: Sequence[Pixels], truth: Sequence[Pixels], bench: Bench) -> dict[str, list[float]]:
    """Measure every picture with all metrics, by key of `METRICS`."""
    near = {key: distance(made, truth) for key, distance in bench.distances.items()}
    return {**near, "psnr": [psnr(a, b) for a, b in zip(made, truth, strict=True)]}


def row(name: str, near: Near, seed: int, *, rival: bool = False) -> Row:
    """Make a table's line of what was measured."""
    values = {key: normal(v) if key == "psnr" else bootstrap(v, seed) for key, v in near.items()}
    return Row(name, values, rival)


def paired(ours: Near, theirs: Near, key: str, seed: int) -> Estimate:
    """Return the mean difference, ours less theirs, picture by picture."""
    difference = [a - b for a, b in zip(ours[key], theirs[key], strict=True)]
    return normal(difference) if key == "psnr" else bootstrap(difference, seed)


def nearer(ours: Near, theirs: Near, rival: str, seed: int) -> Check:
    """Claim that ours is nearer to the truth by LPIPS, or what there is of its kind; the figure is by how much."""
    key = next(key for key in ("lpips", "st_lpips", "psnr") if key in ours)
    metric = METRICS[key]
    far, near = (theirs, ours) if metric.better == "lower" else (ours, theirs)
    claim = f"nearer to the true picture than {rival}, {metric.title} {metric.better} by"
    return Check(claim, paired(far, near, key, seed), 0.0, metric.unit, digits=metric.digits)
