"""Feasible sets: a norm ball around an image, a region of it, or the whole pixel box, always within [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from napari_robust_synth.core.samples import per_sample


class FeasibleSet(Protocol):
    """Where an image may go: a projection onto the set and the set's steepest direction."""

    def project(self, x: Tensor) -> Tensor:
        """Move ``x`` (N, 3, H, W) to the set; a point already inside stays as it is."""
        ...

    def steepest(self, grad: Tensor) -> Tensor:
        """Turn a gradient (N, 3, H, W) into the unit step that follows it fastest; zero stays zero."""
        ...


def l2_norm(x: Tensor) -> Tensor:
    """Return each sample's L2 norm, (N, ...) -> (N, 1, 1, 1)."""
    return per_sample(lambda x: torch.linalg.vector_norm(x.flatten(1), dim=1), x).view(-1, 1, 1, 1)


def l2_unit(x: Tensor) -> Tensor:
    """Scale each sample to L2 norm 1; a zero sample stays zero."""
    tiny = torch.finfo(x.dtype).tiny
    x = x / x.abs().amax((1, 2, 3), keepdim=True).clamp_min(tiny)  # a sure classifier's gradient, squared, is 0
    return x / l2_norm(x).clamp_min(tiny)


def _positive(eps: float | Tensor) -> None:
    if not torch.as_tensor(eps).min() > 0:
        raise ValueError(f"eps is {eps}, but a ball needs a radius above 0")


@dataclass(frozen=True)
class Box:
    """All images with pixels in [0, 1], stepped through in the L2 geometry."""

    def project(self, x: Tensor) -> Tensor:
        """Clamp to [0, 1]."""
        return x.clamp(0, 1)

    def steepest(self, grad: Tensor) -> Tensor:
        """Return the gradient scaled to L2 norm 1."""
        return l2_unit(grad)


@dataclass(frozen=True)
class L2Ball:
    """Images within L2 distance ``eps`` of ``center`` (N, 3, H, W), pixels in [0, 1].

    Parameters
    ----------
    center : Tensor
        (N, 3, H, W) in [0, 1].
    eps : float or Tensor
        Radius, or that of each, (N, 1, 1, 1), in pixel values of [0, 1] summed over the whole picture.
    """

    center: Tensor
    eps: float | Tensor

    def __post_init__(self) -> None:
        _positive(self.eps)

    def project(self, x: Tensor) -> Tensor:
        """Shrink ``x - center`` to the radius, then clamp (clamping moves towards the centre)."""
        delta = x - self.center
        return (self.center + delta * (self.eps / l2_norm(delta).clamp_min(self.eps))).clamp(0, 1)

    def steepest(self, grad: Tensor) -> Tensor:
        """Return the gradient scaled to L2 norm 1."""
        return l2_unit(grad)

    def random(self, generator: torch.Generator | None = None) -> Tensor:
        """Draw a point: a uniform direction, a radius uniform in [0, eps]."""
        n, device = len(self.center), self.center.device
        direction = torch.randn(self.center.shape, generator=generator, device=device)
        radius = torch.rand((n, 1, 1, 1), generator=generator, device=device)
        return (self.center + self.eps * radius * l2_unit(direction)).clamp(0, 1)


@dataclass(frozen=True)
class LinfBall:
    """Images whose every pixel is within ``eps`` of ``center`` (N, 3, H, W), pixels in [0, 1]."""

    center: Tensor
    eps: float

    def __post_init__(self) -> None:
        _positive(self.eps)

    def project(self, x: Tensor) -> Tensor:
        """Clip each pixel to the ball, then to [0, 1]."""
        return x.clamp(self.center - self.eps, self.center + self.eps).clamp(0, 1)

    def steepest(self, grad: Tensor) -> Tensor:
        """Return the sign of the gradient."""
        return grad.sign()

    def random(self, generator: torch.Generator | None = None) -> Tensor:
        """Draw each pixel uniformly from the ball."""
        noise = torch.rand(self.center.shape, generator=generator, device=self.center.device)
        return (self.center + self.eps * (2 * noise - 1)).clamp(0, 1)


@dataclass(frozen=True)
class Inside:
    """The images of a ball that are its centre outside a region.

    Parameters
    ----------
    ball : L2Ball or LinfBall
        How far pixels of the region may go.
    region : Tensor
        (N or 1, 1, H, W) bool, true where pixels may change.
    """

    ball: L2Ball | LinfBall
    region: Tensor

    def project(self, x: Tensor) -> Tensor:
        """Put what is outside the region back, then project onto the ball."""
        return self.ball.project(torch.where(self.region, x, self.ball.center))

    def steepest(self, grad: Tensor) -> Tensor:
        """Return the ball's unit step for the gradient inside the region."""
        return self.ball.steepest(grad * self.region)
