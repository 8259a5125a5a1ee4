"""Recipes made again on many pictures: those that can run together do, and each becomes what it would alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol, TypeVar

import torch

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.again import Made, Origin, make_again
from napari_robust_synth.tasks.batches import in_batches
from napari_robust_synth.tasks.job import Job
from napari_robust_synth.tasks.memory import FAILURES
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import WHOLE, Recipes
from napari_robust_synth.tasks.record import record, restore
from napari_robust_synth.tasks.together import Together, grouped

Tick = Callable[[int, int], None]
Load = Classifier | Callable[[Recipe], Classifier]


class Case(Protocol):
    """A picture to do it to; see `make_again`."""

    @property
    def recipes(self) -> Recipes:
        """What to do."""

    @property
    def image(self) -> core.Array:
        """The picture."""

    @property
    def origin(self) -> Origin:
        """Which that is."""


SomeCase = TypeVar("SomeCase", bound=Case)


def make_each(
    recipes: Recipes, cases: Iterable[SomeCase], classifier: Load, count: int, tick: Tick
) -> Iterator[tuple[SomeCase, Made | Exception]]:
    """Make recipes again on each picture; yield what came of it, or what went wrong.

    Parameters
    ----------
    recipes : Recipes
        What to do; each case has them as they fit its picture.
    cases : iterable of Case
        Pictures, asked for no earlier than they are needed.
    classifier : Classifier or callable
        As for `make_again`.
    count : int
        How many cases there are, at most.
    tick : callable
        Called after each step with the number of steps done, of all pictures that run together, and that of one
        picture; may raise to end it.
    """
    if recipes.kind != WHOLE or recipes.first.live or recipes.first.changes:
        for case in cases:
            try:
                made: Made | Exception = make_again(case.recipes, classifier, case.image, case.origin, tick)
            except FAILURES as error:
                made = error
            yield case, made
        return
    failed: list[tuple[SomeCase, Exception]] = []
    threads = torch.get_num_threads()
    try:
        for group in grouped(_jobs(cases, classifier, failed), count):
            yield from failed
            failed.clear()
            yield from _made(group, tick)
        yield from failed
    finally:
        torch.set_num_threads(threads)


def _jobs(
    cases: Iterable[SomeCase], classifier: Load, failed: list[tuple[SomeCase, Exception]]
) -> Iterator[tuple[SomeCase, Job]]:
    for case in cases:
        recipe = case.recipes.first
        try:
            job = restore(recipe, classifier if isinstance(classifier, Classifier) else classifier(recipe), case.image)
        except FAILURES as error:
            failed.append((case, error))
        else:
            assert isinstance(job, Job)
            yield case, job


def _made(group: list[tuple[SomeCase, Job]], tick: Tick) -> Iterator[tuple[SomeCase, Made | Exception]]:
    waiting = [case for case, _ in group]
    try:
        for some, made in in_batches(group, len(group), lambda some: _run(some, tick)):
            yield from ((case, one) for (case, _), one in zip(some, made, strict=True))
            del waiting[: len(some)]
    except FAILURES as error:
        yield from ((case, error) for case in waiting)


def _run(cases: list[tuple[SomeCase, Job]], tick: Tick) -> list[Made]:
    jobs, last_step = [job for _, job in cases], cases[0][0].recipes.first.last_step
    run = Together(jobs) if len(jobs) > 1 else jobs[0]
    for state in run.states(measure_last=False) if isinstance(run, Together) else run.replay((), last_step):
        tick(len(jobs) * state.step, run.steps)
        if state.step == last_step:
            break
    results = run.results(state.x) if isinstance(run, Together) else [run.result(state.x)]
    return [Made(result, _again(case, job)) for (case, job), result in zip(cases, results, strict=True)]


def _again(case: Case, job: Job) -> Recipes:
    return case.recipes.each(lambda asked: replace(record(job, asked.last_step, case.origin), model=asked.model))
