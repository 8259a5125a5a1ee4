"""Where runs start: seed distributions for ``generate`` (paper, section 3.1), and soft grain on a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from scipy.fft import dct
from torch import Tensor
from torch.nn import functional as F

GRAINS, COLOUR = 16, 0.1
Gaussian = tuple[Tensor, Tensor, Tensor]


def to_cosines(pixels: Tensor) -> Tensor:
    """Return the orthonormal cosine transform of flattened pictures (..., D)."""
    return _along_axes(pixels, _cosines)


def to_pixels(coefficients: Tensor) -> Tensor:
    """Return the flattened pictures (..., D) that have these cosine transforms."""
    return _along_axes(coefficients, lambda n: _cosines(n).T)


def _pixel_variance(variance: Tensor) -> Tensor:
    """Return the variance at each pixel (..., D) of independent coefficients of these variances."""
    return _along_axes(variance, lambda n: _cosines(n).T.square())


@cache
def _cosines(n: int) -> Tensor:
    return torch.from_numpy(dct(np.eye(n), axis=0, norm="ortho")).float()


def _along_axes(flat: Tensor, matrix: Callable[[int], Tensor]) -> Tensor:
    """Apply a matrix (n, n) along each axis: the whole transform as one, (D, D), would fill the memory."""
    side = math.isqrt(flat.shape[-1] // 3)
    rows, colours = matrix(side), matrix(3)
    x = rows @ flat.reshape(*flat.shape[:-1], 3, side, side) @ rows.T
    turned: Tensor = colours @ x.flatten(-2)
    return turned.flatten(-2)


@dataclass(frozen=True)
class SeedStatistics:
    """A low-rank normal distribution of small pictures for each class, or a mixture of them.

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
    weight : Tensor, optional
        (classes, components), how likely each component of a mixture is; the other three then have an axis of
        components after the first.

    Raises
    ------
    ValueError
        When the shapes do not fit together.
    """

    mean: Tensor
    factor: Tensor
    residual: Tensor
    weight: Tensor | None = None

    def __post_init__(self) -> None:
        shapes = self.mean.shape, self.factor.shape[:-1], self.residual.shape
        leading = self.mean.shape[:1] if self.weight is None else self.weight.shape
        if len(set(shapes)) != 1 or self.mean.shape[:-1] != leading or 3 * self.side**2 != self.mean.shape[-1]:
            raise ValueError(f"seed statistics have shapes {[tuple(s) for s in shapes]}, expected (classes, D) each")

    @property
    def side(self) -> int:
        """Side of the small pictures, in pixels."""
        return math.isqrt(self.mean.shape[-1] // 3)

    def tensors(self) -> dict[str, Tensor]:
        """Return what there is to store, by name."""
        named = {"mean": self.mean, "factor": self.factor, "residual": self.residual, "weight": self.weight}
        return {name: tensor for name, tensor in named.items() if tensor is not None}

    def multivariate(self, label: int, n: int, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
        """Draw ``n`` seeds (n, 3, *shape) in [0, 1] with the class's pixel correlations."""
        parts, chosen = self._components(label), self._choose(label, n, generator)
        rank = torch.randn((n, self.factor.shape[-1]), generator=generator)
        noise = torch.randn((n, self.mean.shape[-1]), generator=generator)
        drawn = torch.empty_like(noise)
        for k, (mean, factor, residual) in enumerate(parts):
            own = chosen == k
            drawn[own] = to_pixels(mean + rank[own] @ factor.T + noise[own] * residual.sqrt())
        return self._enlarge(drawn, shape)

    def univariate(self, label: int, n: int, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
        """Draw seeds with the mean and variance at each pixel of a component of the class, pixels independent."""
        parts, chosen = self._components(label), self._choose(label, n, generator)
        drawn = torch.randn((n, self.mean.shape[-1]), generator=generator)
        for k, (mean, factor, residual) in enumerate(parts):
            std = (to_pixels(factor.T).square().sum(0) + _pixel_variance(residual)).sqrt()
            drawn[chosen == k] = to_pixels(mean) + std * drawn[chosen == k]
        return self._enlarge(drawn, shape)

    def _components(self, label: int) -> list[Gaussian]:
        tensors = (t[label].float() for t in (self.mean, self.factor, self.residual))
        mean, factor, residual = (t[None] if self.weight is None else t for t in tensors)
        return list(zip(mean, factor, residual, strict=True))

    def _choose(self, label: int, n: int, generator: torch.Generator) -> Tensor:
        if self.weight is None:
            return torch.zeros(n, dtype=torch.long)
        return torch.multinomial(self.weight[label].float(), n, replacement=True, generator=generator)

    def _enlarge(self, flat: Tensor, shape: tuple[int, int]) -> Tensor:
        small = flat.view(-1, 3, self.side, self.side)
        return F.interpolate(small, shape, mode="bilinear", align_corners=False).clamp(0, 1)


def uniform_seeds(n: int, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Draw ``n`` pictures of uniform noise, (n, 3, *shape) in [0, 1]."""
    return torch.rand((n, 3, *shape), generator=generator)


def soft_grain(shape: Sequence[int], generator: torch.Generator, grains: int = GRAINS) -> Tensor:
    """Draw noise (N, 3, H, W) of about so many lights and darks a side, hardly coloured, with a mean of about 0.

    A descent turns such grain into shapes; it leaves finer grain as grain, and colour as a tint.
    """
    n, channels, height, width = shape
    cell = max(min(height, width) / grains, 1)
    grid = max(round(height / cell), 1), max(round(width / cell), 1)
    grey = torch.randn((n, 1, *grid), generator=generator)
    coloured = grey + COLOUR * torch.randn((n, channels, *grid), generator=generator)
    return F.interpolate(coloured, (height, width), mode="bicubic", align_corners=False)


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
