"""What runs in the worker of the table of distances: one search for each class, or for each class of each object."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.running.difference_layer import LayerData, difference_layer
from napari_robust_synth._napari.running.stepping import Tick, last_state
from napari_robust_synth._napari.running.worker_errors import explained
from napari_robust_synth.tasks.recipes import OBJECTS, Recipes

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.distances import Distance


@dataclass(frozen=True)
class Together:
    """The picture with all objects changed, how to make it again, and the layer of what was changed."""

    result: Array
    recipes: Recipes
    difference: LayerData


def distances(request: Request, each: bool, stop: Event) -> Generator[Tick | Distance | Together, None, None]:
    """Search towards the class asked for, then towards the others; for each object where that is wanted.

    Raises
    ------
    RunError
        For everything that goes wrong, out of memory included.
    """
    with explained():
        yield from _distances(request, each, stop)


def _distances(request: Request, each: bool, stop: Event) -> Generator[Tick | Distance | Together, None, None]:
    job = request.prepare()
    from napari_robust_synth.tasks.distances import likeliest, object_numbers, put_together, towards

    cases = [(0, job)]
    if each:
        labels = request.objects()
        cases = [(n, towards(job, str(job.label), labels == n)) for n in object_numbers(labels)]
    others = {n: [name for name in likeliest(case.classifier, case) if name != case.label] for n, case in cases}
    count, results, done = sum(1 + len(names) for names in others.values()), [], 0
    for number, case in cases:
        results.append((case, (yield from _search(number, case, done, count, stop))))
        done += 1
    if each and not stop.is_set():
        result = put_together(results)
        yield Together(result, _recipes(request, cases), difference_layer(request, job.picture.source, result))
    for number, case in cases:
        for name in others[number]:
            yield from _search(number, towards(case, name, case.picture.mask), done, count, stop)
            done += 1


def _search(number: int, job: Job, done: int, count: int, stop: Event) -> Generator[Tick | Distance, None, Array]:
    from napari_robust_synth.tasks.distances import measure

    state = yield from last_state(job, str(job.label), done, count, stop)
    if state is None:
        return job.picture.source
    result = job.result(state.x)
    yield measure(job, result, number)
    return result


def _recipes(request: Request, cases: Sequence[tuple[int, Job]]) -> Recipes:
    return Recipes(tuple((number, request.recipe(job, job.steps)) for number, job in cases), OBJECTS)
