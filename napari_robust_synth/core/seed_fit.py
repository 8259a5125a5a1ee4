"""Seed statistics of pictures: a Gaussian for each class, or a mixture of them (paper, section 3.1)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from torch import Tensor
from torch.nn import functional as F

from napari_robust_synth.core.seeds import Gaussian, SeedStatistics, to_cosines

DOWNSAMPLE = 4
KMEANS_RUNS = 5


def reduced(x: Tensor) -> Tensor:
    """Return pictures (N, 3, S, S) at 4x down-sampling, as seed statistics are fitted on."""
    return F.avg_pool2d(x, DOWNSAMPLE)


def fit(pictures: Tensor, labels: Tensor, classes: Sequence[str], rank: int, components: int = 1) -> SeedStatistics:
    """Fit mean and low-rank covariance of every class, or of each of its clusters, as in the paper.

    Parameters
    ----------
    pictures : Tensor
        (N, 3, s, s) in [0, 1], already `reduced`.
    labels : Tensor
        Their classes, (N,).
    classes : sequence of str
        Names of the classes; each needs more than ``rank`` pictures, and at least two for each component.
    rank : int
        Directions of the covariance that are kept; the rest is independent noise.
    components : int
        Gaussians for each class: its pictures are split by k-means. A cluster of ``rank`` pictures or fewer keeps
        fewer directions, a cluster of one is left out.

    Raises
    ------
    ValueError
        When a class has too few pictures.
    """
    flat = to_cosines(pictures.flatten(1))
    if components == 1:
        gaussians = [_fit_one(own, rank) for own in _by_class(flat, labels, classes, rank + 1)]
        return SeedStatistics(*(torch.stack(part) for part in zip(*gaussians, strict=True)))
    least = max(rank + 1, 2 * components)
    mixtures = [_fit_mixture(own, rank, components) for own in _by_class(flat, labels, classes, least)]
    return SeedStatistics(*(torch.stack(part) for part in zip(*mixtures, strict=True)))


def _by_class(flat: Tensor, labels: Tensor, classes: Sequence[str], least: int) -> Iterator[Tensor]:
    for label, name in enumerate(classes):
        own = flat[labels == label]
        if len(own) < least:
            raise ValueError(
                f"class {name!r} has {len(own)} picture{'' if len(own) == 1 else 's'}, but its seed statistics need "
                f"{least}: add pictures, or choose a lower rank or fewer components"
            )
        yield own


def _fit_one(x: Tensor, rank: int) -> Gaussian:
    mean = x.mean(0)
    _, s, vh = torch.linalg.svd((x - mean) / (len(x) - 1) ** 0.5, full_matrices=False)
    kept = min(rank, len(x) - 1)
    factor = F.pad(vh[:kept].T * s[:kept], (0, rank - kept))
    residual = (x.var(0) - factor.square().sum(1)).clamp_min(1e-6)
    return mean, factor, residual


def _fit_mixture(x: Tensor, rank: int, components: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    found = _clusters(x.double().numpy(), components)
    clusters = [x[torch.from_numpy(found == k)] for k in range(components)]
    weight = torch.tensor([float(len(own)) if len(own) > 1 else 0.0 for own in clusters])
    gaussians = [_fit_one(own if len(own) > 1 else x, rank) for own in clusters]
    mean, factor, residual = (torch.stack(part) for part in zip(*gaussians, strict=True))
    return mean, factor, residual, weight / weight.sum()


def _clusters(points: NDArray[np.float64], components: int) -> NDArray[np.int32]:
    rng = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a cluster that ends empty: its weight is 0
        runs = [kmeans2(points, components, minit="++", seed=rng) for _ in range(KMEANS_RUNS)]
    _, found = min(runs, key=lambda run: np.square(points - run[0][run[1]]).sum())
    return found  # type: ignore[no-any-return]
