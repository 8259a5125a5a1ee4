"""What runs in the worker of the table of distances: one search for each class, or for each class of each object."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.running.difference_layer import difference_layer
from napari_robust_synth._napari.running.runner import Outcome
from napari_robust_synth._napari.running.stepping import Tick, last_state
from napari_robust_synth._napari.window.worker_errors import explained
from napari_robust_synth.tasks.recipes import OBJECTS, Recipes

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.distances import Distance


@dataclass(frozen=True)
class Case:
    """An object, or 0 for all that is marked, the job towards the class asked for, and the likeliest others."""

    number: int
    job: Job
    others: list[str]


def distances(request: Request, each: bool, stop: Event) -> Generator[Tick | Distance | Outcome, None, None]:
    """Search towards the class asked for, then towards the others; for each object where that is wanted.

    The picture with all objects changed comes as soon as these are found.

    Raises
    ------
    RunError
        For everything that goes wrong, out of memory included.
    """
    with explained():
        yield from _distances(request, each, stop)


def _distances(request: Request, each: bool, stop: Event) -> Generator[Tick | Distance | Outcome, None, None]:
    job = request.prepare()
    from napari_robust_synth.tasks.distances import likeliest_others, put_together, towards

    cases = (yield from _objects(request, job, stop)) if each else [Case(0, job, likeliest_others(job))]
    count, done = sum(1 + len(case.others) for case in cases), 0
    together: Array | None = None
    for case in cases:
        found = yield from _search(case.number, case.job, done, count, stop)
        if found is None:
            return
        together = found if together is None else put_together([(case.job, together), (case.job, found)])
        done += 1
    if each and together is not None:
        yield _together(request, cases, job.picture.source, together)
    for case in cases:
        for name in case.others:
            if stop.is_set():
                return
            yield from _search(case.number, towards(case.job, name, case.job.picture.mask), done, count, stop)
            done += 1


def _objects(request: Request, job: Job, stop: Event) -> Generator[Tick, None, list[Case]]:
    """Return the cases of the objects that the mask marks; those made so far when it is stopped."""
    from napari_robust_synth.tasks.distances import likeliest_others, object_numbers, towards

    labels, cases = request.objects(), list[Case]()
    numbers = object_numbers(labels)
    for number in numbers:
        yield Tick(0, job.steps, f"looking at object {len(cases) + 1} of {len(numbers)}")
        if stop.is_set():
            break
        own = towards(job, str(job.label), labels == number)
        cases.append(Case(number, own, likeliest_others(own)))
    return cases


def _search(
    number: int, job: Job, done: int, count: int, stop: Event
) -> Generator[Tick | Distance, None, Array | None]:
    from napari_robust_synth.tasks.distances import measure

    state = None if stop.is_set() else (yield from last_state(job, str(job.label), done, count, stop))
    if state is None:
        return None
    result = job.result(state.x)
    yield measure(job, result, number)
    return result


def _together(request: Request, cases: Sequence[Case], source: Array, result: Array) -> Outcome:
    recipes = Recipes(tuple((case.number, request.recipe(case.job, case.job.steps)) for case in cases), OBJECTS)
    beside = (difference_layer(request, source, result),)
    return Outcome(result, recipes.first, source=source, beside=beside, recipes=recipes)
