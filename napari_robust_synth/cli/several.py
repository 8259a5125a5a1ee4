"""Recipes of the slices of a stack, or of several results, made again into one TIFF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth.cli import report
from napari_robust_synth.pictures import files
from napari_robust_synth.pictures.origin import seen_from
from napari_robust_synth.pictures.replaying import encoded
from napari_robust_synth.tasks import make_again
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import Recipes

if TYPE_CHECKING:
    from napari_robust_synth.cli.work import Order
    from napari_robust_synth.models import Classifier


def perform_several(
    recipes: Recipes, load: Callable[[Recipe], Classifier], origin: Mapping[str, Any] | None, order: Order
) -> None:
    """Run the recipes, write one stack with them inside, and print the summary."""
    for note in order.notes:
        report.note(note, order.quiet)
    steps = sum(recipe.last_step for _, recipe in recipes.numbered)
    picture = None if order.picture is None else order.picture.pixels
    with report.progress(recipes.first.task, steps, order.quiet) as advance:
        made = make_again(recipes, load, picture, origin, lambda step, _: advance(step, str))
    if not np.isfinite(made.result).all():
        raise ValueError("the result has pixels that are no numbers: the model is damaged")
    again = made.recipes.each(lambda recipe: seen_from(recipe, order.out.parent))
    beside = files.recipe_path(order.out)
    files.write_all({order.out: encoded(order.out, made, None, again), beside: again.to_bytes()})
    summary = {
        "task": recipes.first.task,
        "kind": recipes.kind,
        "count": len(recipes.numbered),
        "steps": steps,
        "outputs": [str(order.out)],
        "recipes": [str(beside)],
    }
    done = f"{recipes.first.task}: {len(recipes.numbered)} {recipes.kind}, {steps} steps"
    report.show(summary, f"{done}\nwrote {order.out}, with recipes", as_json=order.as_json, quiet=order.quiet)
