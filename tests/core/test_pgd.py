"""The one loop: what a state is, what a change does, what a step costs, and what it never leaks."""

import itertools

import pytest
import torch
from torch import Tensor, nn

from napari_robust_synth.core import Box, L2Ball, LinfBall, Problem, last, pgd, term
from napari_robust_synth.core.pgd import Change
from napari_robust_synth.core.sets import l2_norm

START = torch.full((2, 3, 4, 4), 0.5)


def distance_to(value: float):
    return term("distance", lambda x: (x - value).square().sum((1, 2, 3)))


BRIGHTER = Problem(START, distance_to(1.0), L2Ball(START, 2.0))


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_steps_plus_one_states_each_measured_at_its_x(steps: int) -> None:
    states = list(pgd(BRIGHTER, steps=steps, step_size=0.1))
    assert [state.step for state in states] == list(range(steps + 1))
    assert torch.equal(states[0].x, START)
    for state in states:
        torch.testing.assert_close(state.loss, BRIGHTER.objective(state.x))
        torch.testing.assert_close(state.terms["distance"], state.loss)
        assert not state.x.requires_grad and not state.loss.requires_grad


def test_descends_to_the_edge_of_the_ball() -> None:
    states = list(pgd(BRIGHTER, steps=40, step_size=0.1))
    losses = torch.stack([state.loss for state in states])
    assert (losses.diff(dim=0) <= 1e-4).all()
    torch.testing.assert_close(l2_norm(states[-1].x - START).flatten(), torch.full((2,), 2.0))


@pytest.mark.parametrize("feasible", [Box(), L2Ball(START, 1.0), LinfBall(START, 0.1)])
def test_zero_gradient_moves_nothing(feasible) -> None:
    flat = Problem(START, term("flat", lambda x: 0 * x.sum((1, 2, 3))), feasible)
    assert torch.equal(last(pgd(flat, steps=3, step_size=0.5)).x, START)


def test_start_outside_is_projected_first() -> None:
    problem = Problem(START + 5, distance_to(1.0), L2Ball(START, 1.0))
    first = next(pgd(problem, steps=1, step_size=0.1))
    torch.testing.assert_close(l2_norm(first.x - START).flatten(), torch.ones(2))


def test_change_of_step_size_holds_from_the_next_step() -> None:
    run = pgd(BRIGHTER, steps=3, step_size=0.1)
    a = next(run)
    b = next(run)
    c = run.send(Change(step_size=0.4))
    d = next(run)
    lengths = [float(l2_norm(y.x - x.x)[0]) for x, y in itertools.pairwise([a, b, c, d])]
    assert lengths == pytest.approx([0.1, 0.4, 0.4], rel=1e-4)


def test_change_of_set_projects_onto_the_new_one() -> None:
    run = pgd(BRIGHTER, steps=20, step_size=0.2)
    for _ in range(8):
        state = next(run)
    assert l2_norm(state.x - START).min() > 1
    state = run.send(Change(feasible=L2Ball(START, 0.5)))
    assert l2_norm(state.x - START).max() <= 0.5 + 1e-5
    assert l2_norm(last(run).x - START).max() <= 0.5 + 1e-5


def test_change_of_objective_gives_the_next_gradient() -> None:
    run = pgd(BRIGHTER, steps=4, step_size=0.1)
    next(run)
    up = next(run)
    down = run.send(Change(objective=distance_to(0.0)))
    assert (up.x > START).all() and (down.x < up.x).all()
    torch.testing.assert_close(down.loss, distance_to(0.0)(down.x))


class Counted(nn.Module):
    """A linear classifier that counts its forwards and backwards."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(48, 1)
        self.forwards = self.backwards = 0
        self.linear.register_full_backward_hook(self.count)

    def count(self, *_: object) -> None:
        self.backwards += 1

    def forward(self, x: Tensor) -> Tensor:
        self.forwards += 1
        return self.linear(x.flatten(1)).squeeze(1)


@pytest.mark.parametrize(("measure_last", "forwards"), [(True, 6), (False, 5)])
def test_one_forward_and_one_backward_a_step(measure_last: bool, forwards: int) -> None:
    network = Counted()
    problem = Problem(START, term("score", network), Box())
    final = last(pgd(problem, steps=5, step_size=0.1, measure_last=measure_last))
    assert (network.forwards, network.backwards) == (forwards, 5)
    assert final.loss.isnan().all() != measure_last
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize("outer", [torch.enable_grad, torch.no_grad])
def test_grad_mode_of_the_consumer_is_left_alone(outer) -> None:
    with outer():
        before = torch.is_grad_enabled()
        run = pgd(BRIGHTER, steps=3, step_size=0.1)
        for i, _ in enumerate(run):
            assert torch.is_grad_enabled() is before, i
        assert torch.is_grad_enabled() is before


def test_may_be_dropped_at_any_step() -> None:
    run = pgd(BRIGHTER, steps=3, step_size=0.1)
    next(run)
    run.close()
    assert torch.is_grad_enabled()
    assert list(run) == []


@pytest.mark.parametrize(
    ("steps", "step_size", "word"), [(0, 0.1, "steps is 0"), (2, 0, "step size is 0"), (2, -1, "-1")]
)
def test_refuses(steps: int, step_size: float, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        next(pgd(BRIGHTER, steps=steps, step_size=step_size))
