"""Feasible sets: projections stay inside and rest there; steps are unit steps and never NaN."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from napari_robust_synth.core import Box, Finer, Inside, L2Ball, LinfBall
from napari_robust_synth.core.sets import FeasibleSet, l2_norm

SETS = {
    "box": lambda center, eps: Box(),
    "l2": L2Ball,
    "linf": LinfBall,
}


def pictures(seed: int, n: int = 2, spread: float = 1.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.5 + spread * (torch.rand((n, 3, 5, 7), generator=generator) - 0.5)


def distance(kind: str, x: Tensor, center: Tensor) -> Tensor:
    delta = (x - center).flatten(1)
    return {"box": torch.zeros(len(x)), "l2": delta.norm(dim=1), "linf": delta.abs().amax(1)}[kind]


@pytest.mark.parametrize("kind", SETS)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), eps=st.floats(1e-3, 20), spread=st.floats(0, 40))
def test_projection_is_inside_and_rests(kind: str, seed: int, eps: float, spread: float) -> None:
    center = pictures(seed)
    feasible: FeasibleSet = SETS[kind](center, eps)
    x = feasible.project(pictures(seed + 1, spread=spread))
    assert x.min() >= 0 and x.max() <= 1
    assert (distance(kind, x, center) <= eps * (1 + 1e-5) + 1e-6).all()
    torch.testing.assert_close(feasible.project(x), x, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", SETS)
def test_a_point_inside_stays(kind: str) -> None:
    center = pictures(0)
    x = (center + 0.001).clamp(0, 1)
    torch.testing.assert_close(SETS[kind](center, 10.0).project(x), x, rtol=0, atol=1e-7)
    assert torch.equal(SETS[kind](center, 10.0).project(center), center)


def test_l2_projection_is_the_nearest_point() -> None:
    center = torch.full((1, 3, 4, 4), 0.5)
    outside = center + 0.3 * torch.ones_like(center)
    x = L2Ball(center, 1.0).project(outside)
    torch.testing.assert_close(x - center, (outside - center) / l2_norm(outside - center))


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30, 1e-42])
def test_steps_are_unit_steps_at_every_scale(kind: str, scale: float) -> None:
    step = SETS[kind](pictures(0), 1.0).steepest(scale * torch.ones(2, 3, 5, 7))
    norm = step.abs().amax((1, 2, 3)) if kind == "linf" else l2_norm(step).flatten()
    torch.testing.assert_close(norm, torch.ones(2), rtol=1e-3, atol=0)


@pytest.mark.parametrize("kind", SETS)
def test_zero_gradient_gives_zero_step(kind: str) -> None:
    gradient = torch.zeros(2, 3, 5, 7)
    gradient[1, 0, 0, 0] = 2.0
    step = SETS[kind](pictures(0), 1.0).steepest(gradient)
    assert torch.equal(step[0], torch.zeros(3, 5, 7))
    assert step[1, 0, 0, 0] == 1 and step.isfinite().all()


@pytest.mark.parametrize("kind", ["l2", "linf"])
def test_random_points_are_inside_and_seeded(kind: str) -> None:
    center = pictures(0, n=64)
    ball = SETS[kind](center, 0.7)
    x, again = (ball.random(torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(x, again)
    far = distance(kind, x, center)
    assert x.min() >= 0 and x.max() <= 1 and (far <= 0.7 + 1e-5).all() and far.max() > 0.3


@pytest.mark.parametrize("ball", [L2Ball, LinfBall])
@pytest.mark.parametrize("eps", [0, -1.0, float("nan")])
def test_a_ball_needs_a_radius(ball: type, eps: float) -> None:
    with pytest.raises(ValueError, match="radius above 0"):
        ball(pictures(0), eps)


@pytest.mark.parametrize("ball", [L2Ball, LinfBall])
def test_outside_the_region_nothing_moves(ball: type[L2Ball] | type[LinfBall]) -> None:
    center, region = pictures(0), torch.zeros((1, 1, 5, 7), dtype=torch.bool)
    region[..., 1:4, 2:5] = True
    feasible, free = Inside(ball(center, 0.3), region), region.expand(2, 3, 5, 7)
    x = feasible.project(pictures(1))
    assert torch.equal(x[~free], center[~free])
    assert not torch.equal(x[free], center[free])
    torch.testing.assert_close(feasible.project(x), x)
    step = feasible.steepest(pictures(2) - 0.5)
    assert (step[~free] == 0).all()
    assert (step[free] != 0).any()
    assert torch.equal(feasible.steepest(torch.zeros_like(center)), torch.zeros_like(center))


def shrunk(x: Tensor) -> Tensor:
    return torch.nn.functional.avg_pool2d(x, 4)


def test_finer_leaves_the_shrunk_picture() -> None:
    generator = torch.Generator().manual_seed(0)
    center, x = (0.3 + 0.4 * torch.rand((2, 3, 32, 48), generator=generator) for _ in range(2))
    ball = L2Ball(center, 2.0)
    feasible = Finer(ball, (8, 12))
    moved = feasible.project(x)
    assert torch.equal(feasible.project(center), center)
    torch.testing.assert_close(l2_norm(moved - center).flatten(), torch.full((2,), 2.0))
    torch.testing.assert_close(feasible.project(moved), moved, rtol=0, atol=1e-6)
    coarse = [l2_norm(shrunk(one - center)).max() for one in (ball.project(x), moved)]
    assert coarse[1] < 1e-4 * coarse[0], coarse
    step = feasible.steepest(x - center)
    torch.testing.assert_close(l2_norm(step).flatten(), torch.ones(2))
    assert l2_norm(shrunk(step)).max() < 1e-4 * l2_norm(shrunk(ball.steepest(x - center))).max()
