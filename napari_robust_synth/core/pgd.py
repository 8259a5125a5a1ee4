"""The one loop: projected gradient descent on the pixels."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from napari_robust_synth.core.objectives import Measured
from napari_robust_synth.core.sets import FeasibleSet


@dataclass(frozen=True)
class Problem:
    """Where to start, what to minimise, and where the image must stay.

    Parameters
    ----------
    start : Tensor
        (N, 3, H, W) in [0, 1].
    objective : Objective or RegionObjective
        (N, 3, H, W) -> (N,), minimised.
    feasible : FeasibleSet
        The set every iterate is projected onto.
    """

    start: Tensor
    objective: Measured
    feasible: FeasibleSet


@dataclass(frozen=True)
class Change:
    """What to change from the next step on; ``None`` leaves a part as it is."""

    step_size: float | None = None
    objective: Measured | None = None
    feasible: FeasibleSet | None = None


@dataclass(frozen=True)
class State:
    """One iterate: ``loss`` (N,) and its unweighted ``terms`` are measured **at** ``x`` (N, 3, H, W)."""

    step: int
    x: Tensor
    loss: Tensor
    terms: dict[str, Tensor]


def pgd(
    problem: Problem, *, steps: int, step_size: float, measure_last: bool = True
) -> Generator[State, Change | None, None]:
    """Descend: ``x <- project(x - step_size * steepest(grad))``, one forward and one backward a step.

    Parameters
    ----------
    problem : Problem
        Start, objective and feasible set.
    steps : int
        Number of steps, at least 1; ``steps + 1`` states are yielded, the start first.
    step_size : float
        Length of a step in the geometry of the feasible set.
    measure_last : bool
        Whether the last state is measured too, which costs one forward; else its loss is NaN.

    Yields
    ------
    State
        Detached, on the device of the start. A :class:`Change` sent in holds from the next step:
        the iterate is projected onto a new set, and a new objective gives that step's gradient.

    Raises
    ------
    ValueError
        When ``steps`` is below 1 or ``step_size`` not above 0.
    """
    _check(steps, step_size)
    objective, feasible = problem.objective, problem.feasible
    x = feasible.project(problem.start.detach())
    for step in range(steps):
        x = x.detach().requires_grad_()
        loss, terms = _measure(objective, x)
        change = yield State(step, x.detach(), loss.detach(), {k: v.detach() for k, v in terms.items()})
        if change is not None:
            if change.step_size is not None:
                _check(steps, change.step_size)
                step_size = change.step_size
            if change.feasible is not None:
                feasible = change.feasible
            if change.objective is not None:
                objective = change.objective
                loss, _ = _measure(objective, x)
        x = feasible.project(x.detach() - step_size * feasible.steepest(_gradient(loss, x)))
    if measure_last:
        with torch.no_grad():
            loss, terms = objective.measure(x)
    else:
        loss, terms = torch.full((len(x),), torch.nan), {}
    yield State(steps, x, loss, terms)


def _measure(objective: Measured, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    with torch.enable_grad():
        return objective.measure(x)


def _gradient(loss: Tensor, x: Tensor) -> Tensor:
    with torch.enable_grad():  # of the sum: for a gradient to start from, PyTorch imports a computer algebra system
        return torch.autograd.grad(loss.sum(), x)[0]


def _check(steps: int, step_size: float) -> None:
    if steps < 1:
        raise ValueError(f"steps is {steps}, but at least 1 is needed")
    if not step_size > 0:
        raise ValueError(f"step size is {step_size}, but it must be above 0")


def last(states: Iterable[State]) -> State:
    """Run to the end and return the last state."""
    return deque(states, maxlen=1).pop()
