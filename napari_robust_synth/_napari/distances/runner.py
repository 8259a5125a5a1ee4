"""What runs in the worker of the table of distances: one search for each class, or for each class of each object."""

from __future__ import annotations

from collections.abc import Callable, Generator
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
    from napari_robust_synth.tasks import Job, Recipe
    from napari_robust_synth.tasks.distances import Distance


@dataclass(frozen=True)
class Case:
    """An object, or 0 for all that is marked, and the likeliest classes but the one asked for.

    Its jobs are made when they are due: each has a mask of the picture's size.
    """

    number: int
    make: Callable[[str], Job]
    others: list[str]


def distances(request: Request, each: bool, stop: Event, most: int) -> Generator[Tick | Distance | Outcome, None, None]:
    """Search towards the class asked for, then towards the ``most`` likeliest; for each object where that is wanted.

    The picture with all objects changed comes as soon as these are found.

    Raises
    ------
    RunError
        For everything that goes wrong, out of memory included.
    """
    with explained():
        yield from _distances(request, each, stop, most)


def _distances(
    request: Request, each: bool, stop: Event, most: int
) -> Generator[Tick | Distance | Outcome, None, None]:
    job = request.prepare()
    from napari_robust_synth.tasks.distances import likeliest_others, put_together, towards

    def same(label: str) -> Job:
        return job if label == job.label else towards(job, label, job.picture.mask)

    cases = (yield from _objects(request, job, stop, most)) if each else [Case(0, same, likeliest_others(job, most))]
    count, done = sum(1 + len(case.others) for case in cases), 0
    together, recipes = job.picture.source, tuple[tuple[int, "Recipe"], ...]()
    for case in cases:
        if stop.is_set():
            return
        own = case.make(str(job.label))
        found = yield from _search(case.number, own, done, count, stop)
        if found is None:
            return
        together = put_together([(own, together), (own, found)])
        recipes += ((case.number, request.recipe(own, own.steps)),) if each else ()
        done += 1
    if recipes:
        yield _together(request, Recipes(recipes, OBJECTS), job.picture.source, together)
    for case in cases:
        for name in case.others:
            if stop.is_set():
                return
            yield from _search(case.number, case.make(name), done, count, stop)
            done += 1


def _objects(request: Request, job: Job, stop: Event, most: int) -> Generator[Tick, None, list[Case]]:
    """Return the cases of the objects that the mask marks; those made so far when it is stopped."""
    from napari_robust_synth.tasks.distances import likeliest_others, object_numbers, towards

    labels, cases = request.objects(), list[Case]()
    numbers = object_numbers(labels)
    for number in numbers:
        yield Tick(0, job.steps, f"looking at object {len(cases) + 1} of {len(numbers)}")
        if stop.is_set():
            break

        def make(label: str, number: int = number) -> Job:
            return towards(job, label, labels == number)

        cases.append(Case(number, make, likeliest_others(make(str(job.label)), most)))
    return cases


def _search(
    number: int, job: Job, done: int, count: int, stop: Event
) -> Generator[Tick | Distance, None, Array | None]:
    from napari_robust_synth.tasks.distances import measure

    state = yield from last_state(job, str(job.label), done, count, stop)
    if state is None:
        return None
    result = job.result(state.x)
    yield measure(job, result, number)
    return result


def _together(request: Request, recipes: Recipes, source: Array, result: Array) -> Outcome:
    beside = (difference_layer(request, source, result),)
    return Outcome(result, recipes.first, source=source, beside=beside, recipes=recipes)
