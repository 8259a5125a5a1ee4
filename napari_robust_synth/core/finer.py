"""A feasible set of the detail that a smaller image leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from napari_robust_synth.core.samples import per_sample
from napari_robust_synth.core.sets import L2Ball


@dataclass(frozen=True)
class Finer:
    """The images of a ball that look like its centre when they are shrunk: only finer detail differs.

    Parameters
    ----------
    ball : L2Ball
        How far pixels may go.
    shape : (int, int)
        (h, w) of the shrunk image, each pixel the mean of those it covers, at most (H, W). It is kept but where the
        result is black or white.
    """

    ball: L2Ball
    shape: tuple[int, int]

    def project(self, x: Tensor) -> Tensor:
        """Take away what shows in the shrunk image, then project onto the ball."""
        return self.ball.project(self.ball.center + self._detail(x - self.ball.center))

    def steepest(self, grad: Tensor) -> Tensor:
        """Return the ball's unit step for what the gradient has of detail."""
        return self.ball.steepest(self._detail(grad))

    def _detail(self, x: Tensor) -> Tensor:
        rows, columns = (_seen_shrunk(n, m, x.device) for n, m in zip(x.shape[2:], self.shape, strict=True))
        return per_sample(lambda x: x - rows @ x @ columns.T, x)


@lru_cache(maxsize=8)
def _seen_shrunk(n: int, m: int, device: torch.device) -> Tensor:
    """Return (n, n): what of ``n`` pixels in a row shows in ``m``, as smooth as bicubic interpolation."""
    pixel, edges = torch.arange(n, dtype=torch.float64), torch.linspace(0, n, m + 1, dtype=torch.float64)[:, None]
    covered = torch.minimum(edges[1:], pixel + 1) - torch.maximum(edges[:-1], pixel)
    means = covered.clamp_min(0) * (m / n)
    smooth = F.interpolate(torch.eye(m, dtype=torch.float64)[None, None], (n, m), mode="bicubic")[0, 0]
    seen: Tensor = smooth @ torch.linalg.solve(means @ smooth, means)
    return seen.float().to(device)
