"""Recipes made again: on the picture they were made of, or on another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.distances import put_together
from napari_robust_synth.tasks.job import Job
from napari_robust_synth.tasks.recipes import Recipes
from napari_robust_synth.tasks.record import record, restore


@dataclass(frozen=True)
class Made:
    """What came of recipes: the result, as `Job.result` returns it, and how it was made this time."""

    result: core.Array
    recipes: Recipes


def make_again(
    recipes: Recipes,
    classifier: Classifier,
    image: core.Array | None = None,
    origin: Mapping[str, Any] | None = None,
    tick: Callable[[int, int], None] = lambda step, steps: None,
) -> Made:
    """Run recipes to their end; the number of threads is that of the recipe meanwhile.

    Parameters
    ----------
    recipes : Recipes
        What to do.
    classifier : Classifier
        The one that the recipes were made with.
    image : array, optional
        What to do it to; (H, W), (H, W, 3) or (H, W, 4).
    origin : mapping, optional
        Which picture that is, for the new recipes.
    tick : callable
        Called after each step with the number of steps done and that of all; may raise to end it.

    Raises
    ------
    ValueError
        When the recipes do not fit the classifier, or the picture.
    """
    threads = torch.get_num_threads()
    steps, done, made, numbered = sum(recipe.last_step for _, recipe in recipes.numbered), 0, [], []
    try:
        for number, recipe in recipes.numbered:
            job = restore(recipe, classifier, image)
            for state in job.replay(recipe.changes, recipe.last_step):
                tick(done + state.step, steps)
            done += recipe.last_step
            made.append((job, job.result(state.x)))
            numbered.append((number, record(job, state.step, origin)))
    finally:
        torch.set_num_threads(threads)
    whole = made[0][1]
    if recipes.of_objects:
        whole = put_together((job, part) for job, part in made if isinstance(job, Job))
    return Made(whole, Recipes(tuple(numbered)))
