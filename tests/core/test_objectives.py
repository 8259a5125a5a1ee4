"""Objectives add and scale like numbers, and mean what the paper says."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from napari_robust_synth.core import class_score, feature_activation, stay_close, term

X = torch.rand((3, 3, 6, 6), generator=torch.Generator().manual_seed(0))


def bright(x: Tensor) -> Tensor:
    return x.mean((1, 2, 3))


def logits(x: Tensor) -> Tensor:
    return x.mean((2, 3)) * torch.tensor([1.0, -2.0, 3.0])


@pytest.mark.parametrize(
    ("objective", "factor"),
    [
        (term("a", bright), 1),
        (2 * term("a", bright), 2),
        (term("a", bright) * -3, -3),
        (term("a", bright) + 2 * term("b", bright), 3),
        (0.5 * (term("a", bright) + term("b", bright)), 1),
        (term("a", bright) + term("a", lambda x: 4 * bright(x)), 5),
    ],
)
def test_algebra(objective, factor: float) -> None:
    torch.testing.assert_close(objective(X), factor * bright(X))


def test_terms_are_reported_unweighted_and_by_name() -> None:
    loss, terms = (10 * term("a", bright) + term("b", lambda x: 0 * bright(x)) + term("a", bright)).measure(X)
    assert set(terms) == {"a", "b"}
    torch.testing.assert_close(terms["a"], 2 * bright(X))
    torch.testing.assert_close(loss, 11 * bright(X))


@pytest.mark.parametrize("label", [torch.tensor([2]), torch.tensor([0, 1, 2])])
def test_class_score_is_cross_entropy_per_picture(label: Tensor) -> None:
    expected = F.cross_entropy(logits(X), label.expand(3), reduction="none")
    torch.testing.assert_close(class_score(logits, label)(X), expected)


def test_feature_activation_is_the_mean_of_the_chosen() -> None:
    torch.testing.assert_close(feature_activation(logits, [0, 2])(X), logits(X)[:, [0, 2]].mean(1))


def test_stay_close_counts_only_what_is_held() -> None:
    free = torch.zeros(1, 1, 6, 6)
    free[..., :3] = 1
    moved = X.clone()
    moved[..., :3] = 0
    assert stay_close(X, free)(moved).eq(0).all()
    moved = X + 0.2
    torch.testing.assert_close(stay_close(X, free)(moved), torch.full((3,), 0.02))
