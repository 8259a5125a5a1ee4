"""A recipe made again on several pictures at once; each becomes what it would alone, and fails alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.again import Made, Origin
from napari_robust_synth.tasks.batches import in_batches
from napari_robust_synth.tasks.job import Job
from napari_robust_synth.tasks.memory import FAILURES
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import WHOLE, Recipes
from napari_robust_synth.tasks.record import record
from napari_robust_synth.tasks.together import Together

Tick = Callable[[int, int], None]
Load = Classifier | Callable[[Recipe], Classifier]


class Case(Protocol):
    """A picture to do it to; see `make_again`."""

    @property
    def recipes(self) -> Recipes:
        """What to do, as it fits the picture."""

    @property
    def origin(self) -> Origin:
        """Which picture that is."""


SomeCase = TypeVar("SomeCase", bound=Case)
Group = Sequence[tuple[SomeCase, Job]]


def joinable(recipes: Recipes) -> bool:
    """Tell whether pictures may run together: what was sent on the way, or lies in slices, is for one alone."""
    return recipes.kind == WHOLE and not recipes.first.changes and not recipes.first.live


def make_each(group: Group[SomeCase], tick: Tick) -> Iterator[tuple[SomeCase, Made | Exception]]:
    """Run jobs of one `kind`; yield of each what came of it, or what went wrong.

    Parameters
    ----------
    group : sequence of (Case, Job)
        Pictures for the same recipes, which are `joinable`, and their jobs.
    tick : callable
        Called after each step with the number of steps done, of all pictures not yielded yet, and that of one picture;
        may raise to end it.
    """
    waiting = list(group)
    try:
        for some, state in in_batches(group, len(group), lambda some: _descended(some, tick)):
            parts = torch.split(state.x, 1) if len(some) > 1 else (state.x,)
            for left, (case, job), x in zip(range(len(some), 0, -1), some, parts, strict=True):
                tick(left, 1)  # a large result takes a while; those yielded already count elsewhere
                yield case, _made(case, job, x, state.step)
            del waiting[: len(some)]
    except FAILURES as error:
        if len(waiting) == 1:
            yield waiting[0][0], error
            return
    else:
        return
    for one in waiting:
        yield from make_each([one], tick)


def _descended(group: Group[SomeCase], tick: Tick) -> core.State:
    jobs, last_step = [job for _, job in group], group[0][0].recipes.first.last_step
    states = jobs[0].replay((), last_step) if len(jobs) == 1 else Together(jobs).states(measure_last=False)
    for state in states:
        tick(len(jobs) * min(state.step, last_step), last_step)
        if len(jobs) > 1 and state.step == last_step:
            break
    return state


def _made(case: Case, job: Job, x: Tensor, step: int) -> Made | Exception:
    try:
        result = job.result(x)
    except FAILURES as error:
        return error
    return Made(result, case.recipes.each(lambda asked: replace(record(job, step, case.origin), model=asked.model)))
