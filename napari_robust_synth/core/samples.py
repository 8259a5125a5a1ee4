"""Sums that come out the same for a sample, however many others are in its batch."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def per_sample(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Apply a function of batches, (N, ...) -> (N, ...), on a CPU to one sample after the other.

    There, threads and instructions share out the sums of several samples otherwise than those of one, and round
    otherwise. A GPU has no fixed order anyway, and would take longer.
    """
    if len(x) == 1 or x.device.type != "cpu":
        return function(x)
    return torch.cat([function(one) for one in torch.split(x, 1)])
