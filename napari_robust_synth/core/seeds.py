"""Seed distributions: where ``generate`` starts from (paper, section 3.1)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from scipy.fft import dct
from torch import Tensor
from torch.nn import functional as F

DOWNSAMPLE = 4


@cache
def cosines(side: int) -> Tensor:
    """Return the orthonormal transform as a matrix (D, D): ``pixels @ cosines.T`` are coefficients."""
    columns, colours = (dct(np.eye(n), axis=0, norm="ortho") for n in (side, 3))
    return torch.from_numpy(np.kron(colours, np.kron(columns, columns))).float()


@dataclass(frozen=True)
class SeedStatistics:
    """A low-rank normal distribution of small pictures for each class.

    It describes the pictures' cosine transform and not their pixels: what a low rank leaves over of photos is close
    to independent there, so that seeds keep the soft grain of photos.

    Parameters
    ----------
    mean : Tensor
        (classes, D), mean of the transform (DCT-II, orthonormal, over colours, rows and columns) of pictures of
        3 x side x side pixels in [0, 1], flattened.
    factor : Tensor
        (classes, D, rank): covariance = factor factor^T + diag(residual).
    residual : Tensor
        (classes, D), variance left outside the low-rank part.
    """

    mean: Tensor
    factor: Tensor
    residual: Tensor

    def __post_init__(self) -> None:
        shapes = self.mean.shape, self.factor.shape[:-1], self.residual.shape
        if self.mean.ndim != 2 or len(set(shapes)) != 1 or 3 * self.side**2 != self.mean.shape[1]:
            raise ValueError(f"seed statistics have shapes {[tuple(s) for s in shapes]}, expected (classes, D) each")

    @property
    def side(self) -> int:
        """Side of the small pictures, in pixels."""
        return math.isqrt(self.mean.shape[1] // 3)

    def multivariate(self, label: int, n: int, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
        """Draw ``n`` seeds (n, 3, *shape) in [0, 1] with the class's pixel correlations."""
        mean, factor, residual = (t[label].float() for t in (self.mean, self.factor, self.residual))
        rank = torch.randn((n, factor.shape[1]), generator=generator)
        noise = torch.randn((n, len(mean)), generator=generator)
        return self._enlarge((mean + rank @ factor.T + noise * residual.sqrt()) @ cosines(self.side), shape)

    def univariate(self, label: int, n: int, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
        """Draw seeds with the class's mean and variance at each pixel, pixels independent."""
        mean, factor, residual = (t[label].float() for t in (self.mean, self.factor, self.residual))
        basis = cosines(self.side)
        std = ((factor.T @ basis).square().sum(0) + residual @ basis.square()).sqrt()
        return self._enlarge(mean @ basis + std * torch.randn((n, len(mean)), generator=generator), shape)

    def _enlarge(self, flat: Tensor, shape: tuple[int, int]) -> Tensor:
        small = flat.view(-1, 3, self.side, self.side)
        return F.interpolate(small, shape, mode="bilinear", align_corners=False).clamp(0, 1)


def fit(batches: Iterable[tuple[Tensor, Tensor]], classes: int, rank: int) -> SeedStatistics:
    """Fit mean and low-rank covariance of every class at 4x down-sampling, as in the paper.

    Parameters
    ----------
    batches : iterable of (images, labels)
        Images (N, 3, S, S) in [0, 1], labels (N,).
    classes : int
        Number of classes; each needs more than ``rank`` pictures.
    rank : int
        Directions of the covariance that are kept; the rest is independent noise.
    """
    small = [(F.avg_pool2d(x, DOWNSAMPLE).flatten(1), y) for x, y in batches]
    pictures, labels = torch.cat([x for x, _ in small]), torch.cat([y for _, y in small])
    pictures = pictures @ cosines(math.isqrt(pictures.shape[1] // 3)).T
    parts = [_fit_class(pictures[labels == c], rank) for c in range(classes)]
    return SeedStatistics(*(torch.stack(part) for part in zip(*parts, strict=True)))


def _fit_class(x: Tensor, rank: int) -> tuple[Tensor, Tensor, Tensor]:
    if len(x) <= rank:
        raise ValueError(f"a class has {len(x)} pictures, but seeds of rank {rank} need more")
    mean = x.mean(0)
    _, s, vh = torch.linalg.svd((x - mean) / (len(x) - 1) ** 0.5, full_matrices=False)
    factor = vh[:rank].T * s[:rank]
    residual = (x.var(0) - factor.square().sum(1)).clamp_min(1e-6)
    return mean, factor, residual


def uniform_seeds(n: int, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Draw ``n`` pictures of uniform noise, (n, 3, *shape) in [0, 1]."""
    return torch.rand((n, 3, *shape), generator=generator)


def random_crops(image: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """Return ``image`` (1, 3, H, W), then ``n - 1`` flipped random crops of it at the same size."""
    height, width = image.shape[2:]
    views = [image]
    while len(views) < n:
        scale, top, left, flip = torch.rand(4, generator=generator).tolist()
        h, w = (max(round(side * (0.6 + 0.4 * scale)), 1) for side in (height, width))
        y, x = round(top * (height - h)), round(left * (width - w))
        view = F.interpolate(image[:, :, y : y + h, x : x + w], (height, width), mode="bilinear", align_corners=False)
        views.append(view.flip(3) if flip < 0.5 else view)
    return torch.cat(views[:n])
