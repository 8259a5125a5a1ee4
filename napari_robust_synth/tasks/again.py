"""Recipes made again: on the picture they were made of, or on another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.distances import put_together
from napari_robust_synth.tasks.job import Job
from napari_robust_synth.tasks.live import Live
from napari_robust_synth.tasks.recipe import Recipe, pixel_hash
from napari_robust_synth.tasks.recipes import OBJECTS, RESULTS, SLICES, Recipes
from napari_robust_synth.tasks.record import record, restore

Origin = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """What came of recipes: the result, and how it was made this time.

    The result is as `Job.result` returns it; of slices the stack with all of them in place, of several results a stack
    of these, (N, H, W[, C]).
    """

    result: core.Array
    recipes: Recipes


def make_again(
    recipes: Recipes,
    classifier: Classifier | Callable[[Recipe], Classifier],
    image: core.Array | None = None,
    origin: Origin | None = None,
    tick: Callable[[int, int], None] = lambda step, steps: None,
) -> Made:
    """Run recipes to their end; the number of threads is that of the recipe meanwhile.

    Parameters
    ----------
    recipes : Recipes
        What to do.
    classifier : Classifier or callable
        The one that the recipes were made with, or what returns that of each.
    image : array, optional
        What to do it to; (H, W), (H, W, 3) or (H, W, 4). For the recipes of slices ``recipes.box`` of every slice of
        the stack, (N, h, w[, C]).
    origin : mapping, optional
        Which picture that is, for the new recipes; by default what the recipes say.
    tick : callable
        Called after each step with the number of steps done and that of all; may raise to end it.

    Raises
    ------
    ValueError
        When the recipes do not fit the classifier, or the picture.
    """
    threads = torch.get_num_threads()
    steps, numbered = sum(recipe.last_step for _, recipe in recipes.numbered), list[tuple[int, Recipe]]()

    def made() -> Iterator[tuple[Job | Live, core.Array]]:
        done = 0
        for number, recipe in recipes.numbered:
            pixels, whence = image, recipe.image if origin is None else origin
            if recipes.kind == SLICES and image is not None:
                pixels = image[(_slice(number, image), *recipes.where(recipe))]
                whence = recipe.image if origin is None else _of_slice(recipes, number, recipe, pixels, origin)
            model = classifier if isinstance(classifier, Classifier) else classifier(recipe)
            job = restore(recipe, model, pixels)
            for state in job.replay(recipe.changes, recipe.last_step):
                tick(done + min(state.step, recipe.last_step), steps)
            done += recipe.last_step
            numbered.append((number, replace(record(job, state.step, whence), model=recipe.model)))
            yield job, job.result(state.x)

    try:
        result = _joined(recipes, image, made())
    finally:
        torch.set_num_threads(threads)
    return Made(result, replace(recipes, numbered=tuple(numbered)))


def _joined(recipes: Recipes, image: core.Array | None, made: Iterator[tuple[Job | Live, core.Array]]) -> core.Array:
    if recipes.kind == OBJECTS:
        return put_together((job, part) for job, part in made if isinstance(job, Job))
    if recipes.kind == RESULTS:
        return _stacked([part if "image" in job.task.needs else part[0] for job, part in made])
    parts = [part for _, part in made]
    return parts[0] if recipes.kind != SLICES or image is None else _placed(recipes, image, parts)


def _stacked(results: Sequence[core.Array]) -> core.Array:
    shapes = {result.shape for result in results}
    if len(shapes) > 1:
        raise ValueError(f"the results have the shapes {', '.join(map(str, sorted(shapes)))}, expected one for all")
    return np.stack(results, dtype=results[0].dtype)


def _placed(recipes: Recipes, image: core.Array, results: Sequence[core.Array]) -> core.Array:
    rows, _ = recipes.where(recipes.first)
    factor = len(results[0]) // (rows.stop - rows.start)
    out: core.Array = np.stack([core.enlarge(one, factor, "nearest") for one in image], dtype=image.dtype)
    for (number, recipe), result in zip(recipes.numbered, results, strict=True):
        rows, columns = (slice(factor * one.start, factor * one.stop) for one in recipes.where(recipe))
        out[number, rows, columns] = result
    return out


def _slice(number: int, image: core.Array) -> int:
    if number >= len(image):
        raise ValueError(f"the recipe is of slice {number}, but the stack has {len(image)}: choose a longer one")
    return number


def _of_slice(recipes: Recipes, number: int, recipe: Recipe, pixels: core.Array, origin: Origin) -> dict[str, Any]:
    axis, channels = int(recipes.axis or 0), origin.get("channels", ())
    own = {"sha256": pixel_hash(pixels), "of": "pixels", "index": _moved(origin.get("index", ()), axis, number)}
    if channels:
        own["channels"] = [{**one, "index": _moved(one["index"], axis, number)} for one in channels]
    return {**origin, **own, "part": (recipe.image or {})["part"]}


def _moved(index: Sequence[int], axis: int, number: int) -> list[int]:
    return [*index[:axis], number, *index[axis + 1 :]]
