"""What is minimised: weighted sums of named terms, each (N, 3, H, W) -> (N,)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

Network = Callable[[Tensor], Tensor]


class Measured(Protocol):
    """What the loop descends."""

    def measure(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the loss of images (N, 3, H, W), (N,), and what it is made of, by name."""
        ...


@dataclass(frozen=True)
class Objective:
    """A weighted sum of named terms; objectives add, and scale by a number.

    Parameters
    ----------
    terms : sequence of (name, weight, function)
        Each function maps images (N, 3, H, W) in [0, 1] to one value a sample, (N,).

    Examples
    --------
    >>> import torch
    >>> dark = term("brightness", lambda x: x.mean((1, 2, 3)))
    >>> (2 * dark + dark)(torch.ones(1, 3, 8, 8))
    tensor([3.])
    """

    terms: tuple[tuple[str, float, Network], ...]

    def measure(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the loss (N,) and every term before weighting, by name; terms of one name are summed."""
        loss = torch.zeros(len(x), device=x.device)
        values: dict[str, Tensor] = {}
        for name, weight, function in self.terms:
            value = function(x)
            loss = loss + weight * value
            values[name] = values[name] + value if name in values else value
        return loss, values

    def __call__(self, x: Tensor) -> Tensor:
        """Return the loss of each sample, (N,)."""
        return self.measure(x)[0]

    def __add__(self, other: Objective) -> Objective:
        return Objective(self.terms + other.terms)

    def __mul__(self, factor: float) -> Objective:
        return Objective(tuple((name, factor * weight, function) for name, weight, function in self.terms))

    __rmul__ = __mul__


def term(name: str, function: Network) -> Objective:
    """Make an objective of any function (N, 3, H, W) -> (N,)."""
    return Objective(((name, 1.0, function),))


def class_score(logits: Network, label: Tensor) -> Objective:
    """Cross-entropy to ``label`` (N,): minimising it raises the class (paper, section 3)."""
    return term("cross_entropy", lambda x: F.cross_entropy(logits(x), label.expand(len(x)), reduction="none"))


def feature_activation(features: Network, components: Sequence[int]) -> Objective:
    """Mean of the chosen components of the representation R(x); negate it to raise them (paper, eq. 5)."""
    index = list(components)
    return term("feature", lambda x: features(x)[:, index].mean(1))


def stay_close(original: Tensor, free: Tensor) -> Objective:
    """Mean squared distance to ``original`` where ``free`` (N, 1, H, W) is 0 (paper, section 3.2)."""
    return term("distance", lambda x: ((x - original).square() * (1 - free)).mean((1, 2, 3)))
