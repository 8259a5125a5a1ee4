"""Several regions of one picture at once: a loss and a ball for each, that reach its own pixels only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from napari_robust_synth.core.crops import resample
from napari_robust_synth.core.sets import l2_norm, l2_unit


class _Copies(torch.autograd.Function):
    """The representation of a picture, once for each region, whose gradient reaches that region alone."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, regions: Tensor, features: Callable[[Tensor], Tensor]) -> Tensor:
        with torch.set_grad_enabled(ctx.needs_input_grad[0]):
            ctx.x = x.detach().requires_grad_(ctx.needs_input_grad[0])
            ctx.seen = features(ctx.x)
        ctx.regions = regions
        copies: Tensor = ctx.seen.detach().expand(len(regions), -1).clone()
        return copies

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grads: Tensor) -> tuple[Tensor, None, None]:
        total = torch.zeros_like(ctx.x)
        for region, grad in zip(ctx.regions, grads, strict=True):
            with torch.enable_grad():
                along = (ctx.seen * grad).sum()
            (own,) = torch.autograd.grad(along, ctx.x, retain_graph=True)
            total = torch.where(region, own, total)
        return total, None, None


@dataclass(frozen=True)
class RegionObjective:
    """A loss for each region of a picture (1, 3, H, W), which moves that region's pixels only.

    A representation is pooled over the whole picture. So each region gets a copy of the picture whose other pixels
    are detached. The copies look alike: the network sees one of them, and is gone back through once for each.

    Parameters
    ----------
    regions : Tensor
        (K, 1, H, W) bool, disjoint.
    features : callable
        Maps pictures (N, 3, H, W) to their representations (N, C).
    losses : callable
        Maps the copies' representations (K, C) to the regions' losses (K,).
    names : sequence of K str
        What each loss is called among the terms.
    """

    regions: Tensor
    features: Callable[[Tensor], Tensor]
    losses: Callable[[Tensor], Tensor]
    names: Sequence[str]

    def measure(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the sum of all losses (1,), and each by its name."""
        values = self.losses(_Copies.apply(x, self.regions, self.features))
        return values.sum().view(1), {name: values[k : k + 1] for k, name in enumerate(self.names)}


@dataclass(frozen=True)
class RegionBalls:
    """Pictures whose every region is within an L2 distance of its own from the centre, and which else are the centre.

    Parameters
    ----------
    center : Tensor
        (1, 3, H, W) in [0, 1].
    regions : Tensor
        (K, 1, H, W) bool, disjoint.
    radius, stride : Tensor
        (K,), at least 0: how far each region may go, and how long its part of a unit step is.
    """

    center: Tensor
    regions: Tensor
    radius: Tensor
    stride: Tensor

    def project(self, x: Tensor) -> Tensor:
        """Shrink each region's change to its radius, put everything else back, then clamp."""
        delta = (x - self.center) * self.regions
        radius = self.radius.view(-1, 1, 1, 1)
        longest = torch.maximum(l2_norm(delta), radius).clamp_min(torch.finfo(x.dtype).tiny)
        moved = (self.center + (delta * (radius / longest)).sum(0, keepdim=True)).clamp(0, 1)
        return torch.where(self.regions.any(0), moved, self.center)

    def steepest(self, grad: Tensor) -> Tensor:
        """Return, in each region, the gradient scaled to the region's stride; zero stays zero."""
        return (l2_unit(grad * self.regions) * self.stride.view(-1, 1, 1, 1)).sum(0, keepdim=True)


def owners(labels: Tensor, ids: Sequence[int], shape: tuple[int, int]) -> Tensor:
    """Give each pixel of a coarser grid to the label that covers most of it, among ``ids``.

    Parameters
    ----------
    labels : Tensor
        (H, W), whole numbers.
    ids : sequence of int
        The labels that count.
    shape : (int, int)
        (h, w) of the grid.

    Returns
    -------
    Tensor
        (h, w), the place of the label among ``ids`` counted from 1; 0 where none of them is.
    """
    best, found = torch.zeros(shape), torch.zeros(shape, dtype=torch.long)
    for place, label in enumerate(ids, start=1):
        own = labels == label
        if not own.any():
            continue
        cover = resample(own[None, None].float(), shape)[0, 0]
        found = torch.where(cover > best, place, found)
        best = torch.maximum(best, cover)
    return found
