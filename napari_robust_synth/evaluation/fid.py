"""Distances between sets of pictures: FID, Inception Score, and how much pictures of a class differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth.evaluation.judges import Seen
from napari_robust_synth.evaluation.pool import Pixels

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """What FID and Inception Score are measured with.

    Parameters
    ----------
    name, sha256 : str
        The network, as the report calls it, and the hash of its weights.
    see : callable
        Maps pictures (S, S, 3) uint8 to representations and probabilities.
    standard : bool
        Whether it is the Inception-v3 of the literature, so that FIDs compare with published ones at the same n.
    """

    name: str
    sha256: str
    see: Callable[[Sequence[Pixels]], Seen]
    standard: bool = False


def fid(a: Array, b: Array) -> float:
    """Return the Frechet distance of normal distributions fitted to features (N, C) and (M, C) (Heusel et al. 2017).

    With centred features X and Y over the roots of their counts less one, the trace of the root of the product of both
    covariances is the sum of the singular values of X Y^T; so no root of a matrix is taken, which for few pictures
    would be of low rank.
    """
    means = a.mean(0), b.mean(0)
    x, y = ((part - mean) / np.sqrt(len(part) - 1) for part, mean in zip((a, b), means, strict=True))
    if min(len(x), len(y)) > x.shape[1]:  # R^T R = X^T X, and R is small
        x, y = (np.linalg.qr(part, mode="r") for part in (x, y))
    cross = np.linalg.svd(x @ y.T, compute_uv=False).sum()
    apart = float(((means[0] - means[1]) ** 2).sum())
    return float(apart + (x**2).sum() + (y**2).sum() - 2 * cross)


def inception_score(probabilities: Array) -> float:
    """Return exp(mean KL(p(y|x) || p(y))) of probabilities (N, classes), in one split (Salimans et al. 2016)."""
    p = probabilities.clip(1e-16)
    return float(np.exp((p * (np.log(p) - np.log(p.mean(0)))).sum(1).mean()))


def spread(features: Array, labels: Sequence[str]) -> list[float]:
    """Return for each picture its mean distance to the others of its class; none for the only one of a class."""
    names = np.asarray(labels)
    values = []
    for i, label in enumerate(labels):
        others = (names == label) & (np.arange(len(names)) != i)
        if others.any():
            values.append(float(np.linalg.norm(features[others] - features[i], axis=1).mean()))
    return values
