"""The nearest picture in which a classifier is sure of a class: one descent, in a ball that follows the goal."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace

from napari_robust_synth.core.pgd import Change, Problem, State, pgd
from napari_robust_synth.core.sets import FeasibleSet, Inside, L2Ball, l2_norm

SURE, AIM = 0.01, 0.02
"""Log-odds above the goal that count as reached, and that are aimed at: rounding to integers may not undo it."""
FIRST_STEP, LAST_STEP = 1.0, 0.05
"""Length of a step over the radius, when the goal is first reached and at the end."""
SHRINK, GROW = 0.7, 1.3
"""By how much the radius changes at most in one step."""


def nearest(
    problem: Problem, *, probability: float, steps: int, step_size: float
) -> Generator[State, Change | None, None]:
    """Search over the radius of the ball while descending: each step starts from the last iterate.

    The log-odds of the class rise about linearly with the distance, so the line through those of the start and of
    the iterate says where they meet the goal: that is the next radius. Steps are as long as the radius when the goal
    is first reached, to find the right direction, and a twentieth of it at the end.

    Parameters
    ----------
    problem : Problem
        One picture (1, 3, H, W), its cross-entropy to a class as the term ``cross_entropy``, and an L2 ball (or a
        region of it), which is never left.
    probability : float
        What the class must reach, in (0, 1).
    steps : int
        Number of steps, at least 1; ``steps + 1`` states are yielded, the start first.
    step_size : float
        How much the radius grows in a step at least, until the goal is reached.

    Yields
    ------
    State
        The nearest picture found that reaches the goal; before there is one, the iterate.
    """
    whole = problem.feasible
    goal = math.log(probability / (1 - probability))
    run = pgd(problem, steps=steps, step_size=step_size)
    state = next(run)
    first = _log_odds(state) - goal
    if first >= SURE:
        for step in range(steps + 1):
            yield replace(state, step=step)
        return
    best, shortest, reached_at, radius = state, math.inf, steps, 0.0
    while True:
        distance, excess = _distance(state, whole), _log_odds(state) - goal
        if excess >= SURE:
            reached_at = min(reached_at, state.step)
            if distance < shortest:
                best, shortest = state, distance
        change = yield replace(best if shortest < math.inf else state, step=state.step)
        if state.step == steps:
            return
        if change is not None:
            whole, step_size = change.feasible or whole, change.step_size or step_size
        base = distance if excess >= SURE else max(radius, distance)  # pixels at 0 or 1 keep it inside the ball
        wanted = base * (AIM - first) / (excess - first) if excess > first else math.inf
        radius = min(max(wanted, SHRINK * base), max(GROW * base, base + step_size), float(_ball(whole).eps))
        length = max(_share(state.step - reached_at, steps - 1 - reached_at) * radius, radius - distance)
        state = run.send(Change(length, change.objective if change else None, _resized(whole, radius)))


def _log_odds(state: State) -> float:
    loss = max(float(state.terms["cross_entropy"]), 1e-12)
    return -loss - math.log(-math.expm1(-loss))


def _distance(state: State, feasible: FeasibleSet) -> float:
    return float(l2_norm((state.x - _ball(feasible).center).double()))


def _share(done: int, whole: int) -> float:
    share: float = FIRST_STEP * (LAST_STEP / FIRST_STEP) ** (max(done, 0) / max(whole, 1))
    return share


def _ball(feasible: FeasibleSet) -> L2Ball:
    ball = feasible.ball if isinstance(feasible, Inside) else feasible
    if not isinstance(ball, L2Ball):
        raise ValueError(f"the set is a {type(ball).__name__}, expected an L2Ball, whose radius can be searched")
    return ball


def _resized(feasible: FeasibleSet, eps: float) -> FeasibleSet:
    ball = replace(_ball(feasible), eps=eps)
    return replace(feasible, ball=ball) if isinstance(feasible, Inside) else ball
