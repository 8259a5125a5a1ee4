"""The nearest picture on the other side of a plane, where it is known."""

import math

import pytest
import torch
from torch import Tensor

from napari_robust_synth import core

GOAL = math.log(9)
START = torch.full((1, 3, 8, 8), 0.5)
NORMAL = torch.randn(3, 8, 8, generator=torch.Generator().manual_seed(0))
NORMAL = NORMAL / NORMAL.norm()


def log_odds(x: Tensor) -> Tensor:
    """-1 at the start, rising by 2 per unit along the normal."""
    return 2 * ((x - START) * NORMAL).sum((1, 2, 3)) - 1


def loss(x: Tensor) -> Tensor:
    return torch.nn.functional.softplus(-log_odds(x))


def search(feasible: core.L2Ball | core.Inside, start: Tensor = START, steps: int = 40) -> list[core.State]:
    problem = core.Problem(start, core.term("cross_entropy", loss), feasible)
    return list(core.nearest(problem, probability=0.9, steps=steps, step_size=0.1))


def test_it_finds_the_foot_of_the_perpendicular() -> None:
    states = search(core.L2Ball(START, 10.0))
    assert [s.step for s in states] == list(range(41))
    found = states[-1].x - START
    assert float(found.norm()) == pytest.approx((1 + GOAL) / 2, rel=0.01)
    assert float((found * NORMAL).sum() / found.norm()) > 0.999
    assert float(log_odds(states[-1].x)) >= GOAL


def test_what_it_yields_only_comes_nearer_once_the_goal_is_reached() -> None:
    states = search(core.L2Ball(START, 10.0))
    reached = [float((s.x - START).norm()) for s in states if float(log_odds(s.x)) >= GOAL]
    assert 0 < len(reached) < len(states)
    assert reached == sorted(reached, reverse=True)
    assert all(float(s.loss) == pytest.approx(float(loss(s.x))) for s in states)


def test_only_a_region_moves_even_where_pixels_end_at_black_or_white() -> None:
    region = torch.zeros(1, 1, 8, 8, dtype=torch.bool)
    region[..., :4] = True
    found = search(core.Inside(core.L2Ball(START, 10.0), region))[-1].x - START
    assert not found[..., 4:].any()
    assert float(found.abs().max()) == 0.5
    assert GOAL <= float(log_odds(START + found)) < GOAL + 0.05


def test_a_ball_too_small_is_filled_and_not_left() -> None:
    end = search(core.L2Ball(START, 0.7))[-1]
    assert float((end.x - START).norm()) == pytest.approx(0.7, abs=1e-4)
    assert -1 < float(log_odds(end.x)) < GOAL


def test_what_is_there_already_stays() -> None:
    start = (START + 3 * NORMAL).clamp(0, 1)
    assert all(torch.equal(s.x, start) for s in search(core.L2Ball(start, 10.0), start))


def test_far_and_sure_losses_are_numbers() -> None:
    for slope in (1e-3, 1.0, 1e4):
        flat = core.term("cross_entropy", lambda x, slope=slope: torch.nn.functional.softplus(-slope * log_odds(x)))
        problem = core.Problem(START, flat, core.L2Ball(START, 5.0))
        states = list(core.nearest(problem, probability=0.9, steps=20, step_size=0.1))
        assert all(bool(torch.isfinite(s.x).all()) for s in states)
        assert float(states[-1].loss) < float(states[0].loss)


def test_a_change_on_the_way_is_followed() -> None:
    problem = core.Problem(START, core.term("cross_entropy", loss), core.L2Ball(START, 0.5))
    run = core.nearest(problem, probability=0.9, steps=40, step_size=0.1)
    for _ in range(10):
        state = next(run)
    assert float(log_odds(state.x)) < GOAL
    run.send(core.Change(feasible=core.L2Ball(START, 10.0)))
    *_, state = run
    assert float(log_odds(state.x)) >= GOAL


def test_another_set_is_refused() -> None:
    with pytest.raises(ValueError, match="the set is a Box, expected an L2Ball"):
        search(core.Box())
