"""Accuracies under attack, on a classifier whose right answers are known."""

import pytest
import torch
from torch import Tensor

from napari_robust_synth.evaluation.accuracy import accuracies, attack, correct

PIXELS = 3 * 4 * 4


def brighter_than_half(x: Tensor) -> Tensor:
    """Class 1 when the mean is above 0.5; the L2 distance to the border is |mean - 0.5| * sqrt(PIXELS)."""
    score = 50 * (x.mean((1, 2, 3)) - 0.5)
    return torch.stack([-score, score], 1)


MEANS = torch.tensor([0.3, 0.48, 0.52, 0.7])
X = MEANS.view(-1, 1, 1, 1).expand(-1, 3, 4, 4)
Y = torch.tensor([0, 0, 1, 1])


def test_correct() -> None:
    assert correct(brighter_than_half, X, Y).all()
    assert not correct(brighter_than_half, X, 1 - Y).any()


@pytest.mark.parametrize("norm", ["l2", "linf"])
@pytest.mark.parametrize("steps", [1, 5])
def test_the_attack_stays_in_its_ball_and_raises_the_loss(norm: str, steps: int) -> None:
    out = attack(brighter_than_half, X, Y, eps=0.1, steps=steps, step_size=0.1, norm=norm)
    delta = (out - X).flatten(1)
    far = delta.norm(dim=1) if norm == "l2" else delta.abs().amax(1)
    assert (far <= 0.1 + 1e-6).all() and not out.requires_grad
    wrong_way = (out.mean((1, 2, 3)) - MEANS) * torch.tensor([1, 1, -1, -1])
    assert (wrong_way > 0).all()


@pytest.mark.parametrize(
    ("eps", "robust"), [(0.5, [True, False, False, True]), (0.05, [True, True, True, True]), (2.0, [False] * 4)]
)
def test_robust_is_right_within_the_radius(eps: float, robust: list[bool]) -> None:
    clean, under_attack = accuracies(brighter_than_half, [(X[:3], Y[:3]), (X[3:], Y[3:])], eps=eps, steps=10)
    assert clean.tolist() == [True] * 4 and under_attack.tolist() == robust


def test_what_is_wrong_clean_is_not_robust() -> None:
    clean, robust = accuracies(brighter_than_half, [(X, 1 - Y)], eps=0.01, steps=2)
    assert not clean.any() and not robust.any()


def test_the_seed_decides() -> None:
    a, b, c = (
        attack(brighter_than_half, X, Y, eps=0.3, steps=1, step_size=0.01, generator=torch.Generator().manual_seed(s))
        for s in (0, 0, 1)
    )
    assert torch.equal(a, b) and not torch.equal(a, c)
