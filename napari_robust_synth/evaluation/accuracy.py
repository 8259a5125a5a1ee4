"""Clean accuracy, and accuracy under attack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import torch
from torch import Tensor

from napari_robust_synth.core.objectives import Network, class_score
from napari_robust_synth.core.pgd import Problem, last, pgd
from napari_robust_synth.core.sets import L2Ball, LinfBall

BALLS: dict[str, type[L2Ball] | type[LinfBall]] = {"l2": L2Ball, "linf": LinfBall}


def attack(
    network: Network,
    x: Tensor,
    y: Tensor,
    *,
    eps: float,
    steps: int,
    step_size: float,
    norm: Literal["l2", "linf"] | str = "l2",
    generator: torch.Generator | None = None,
    seeds: Sequence[int] | None = None,
) -> Tensor:
    """Find pictures within ``eps`` of ``x`` that the network gets wrong: untargeted PGD, random start.

    Parameters
    ----------
    network : callable
        (N, 3, H, W) in [0, 1] -> logits (N, classes), in eval mode.
    x, y : Tensor
        Pictures (N, 3, H, W) in [0, 1] and their labels (N,).
    eps, steps, step_size : float, int, float
        Radius and steps of the attack, in pixel values.
    norm : str
        ``l2`` or ``linf``.
    generator : torch.Generator, optional
        Draws the random starts of a batch.
    seeds : sequence of int, optional
        One for each picture instead: its start is then the same in any batch.
    """
    ball = BALLS[norm](x, eps)
    start = ball.random(generator) if seeds is None else own_starts(x, seeds, eps, norm)
    problem = Problem(start, -1 * class_score(network, y), ball)
    return last(pgd(problem, steps=steps, step_size=step_size, measure_last=False)).x


def own_starts(x: Tensor, seeds: Sequence[int], eps: float, norm: str) -> Tensor:
    """Draw for each picture of ``x`` (N, 3, H, W) a point of its ball that its own seed decides."""
    generator = torch.Generator(x.device)
    pairs = zip(torch.split(x, 1), seeds, strict=True)
    return torch.cat([BALLS[norm](one, eps).random(generator.manual_seed(seed)) for one, seed in pairs])


@torch.no_grad()
def correct(network: Network, x: Tensor, y: Tensor) -> Tensor:
    """Return for each picture whether the network names it right, (N,) bool."""
    return network(x).argmax(1) == y


def accuracies(
    network: Network,
    batches: Iterable[tuple[Tensor, Tensor]],
    *,
    eps: float,
    steps: int = 20,
    norm: str = "l2",
    seed: int = 0,
) -> tuple[Tensor, Tensor]:
    """Tell of each picture whether it is named right, and whether it still is under PGD.

    Parameters
    ----------
    network : callable
        Maps images (N, 3, H, W) in [0, 1] to scores, (N, classes).
    batches : iterable of (Tensor, Tensor)
        Images and labels, (N,).
    eps : float
        Radius of the attack: L2 of the images as they are, or Linf.
    steps : int
        Of the attack, each of 2.5 eps / steps.
    norm : str
        ``l2`` or ``linf``.
    seed : int
        Of the attack's starts.

    Returns
    -------
    (Tensor, Tensor)
        Right when clean, right under attack, both bool.
    """
    generator = None
    clean, robust = [], []
    for x, y in batches:
        generator = generator or torch.Generator(x.device).manual_seed(seed)
        hit = correct(network, x, y)
        adversarial = attack(
            network, x, y, eps=eps, steps=steps, step_size=2.5 * eps / steps, norm=norm, generator=generator
        )
        clean.append(hit)
        robust.append(hit & correct(network, adversarial, y))
    return torch.cat(clean), torch.cat(robust)
