"""Make a recipe's pixels again, or apply it to another picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from napari_robust_synth.cli.objects import perform_objects
from napari_robust_synth.cli.run import check_out, lossy, parse_range
from napari_robust_synth.models import find_model
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.origin import DEFAULT_RANGES, find_recipe_model, other_picture, own_picture
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipe import Recipe

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier


def replay(
    path: Path,
    out: Path,
    *,
    image: Path | None,
    model: str | None,
    device: str | None,
    value_range: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run a recipe file, or the recipe in a picture; a model or picture whose hash differs is refused."""
    recipes = read_recipes(path)
    recipe = recipes.first
    kind = TASKS[recipe.task]
    picture = other_picture(recipe, image) if image else own_picture(recipe, path.parent)
    inputs = [path, *([picture.path] if picture else [])]
    check_out(kind, out, inputs)
    model = find_recipe_model(recipe.model, path.parent) if model is None else model
    find_model(model)

    from napari_robust_synth import core
    from napari_robust_synth.cli.work import Order, perform
    from napari_robust_synth.models import load_classifier
    from napari_robust_synth.tasks import Job, restore

    chosen = parse_range(value_range)
    if picture and (chosen or (image and recipe.value_range in DEFAULT_RANGES)):
        limits = core.dtype_range(core.check_image(picture.pixels), chosen)
        recipes = recipes.each(lambda r: replace(r, value_range=limits))
    classifier, pixels = (
        load_classifier(model, device or recipe.device, precise=True),
        picture.pixels if picture else None,
    )
    jobs = [(number, restore(r, classifier, pixels)) for number, r in recipes.numbered]
    order = Order(
        out=out,
        model=model,
        picture=picture,
        inputs=tuple(inputs),
        notes=(*lossy(kind, out, None), *other_versions(recipe.versions), *other_path(recipe, jobs[0][1].classifier)),
        as_json=as_json,
        quiet=quiet,
    )
    if recipes.of_objects:
        perform_objects([(number, job) for number, job in jobs if isinstance(job, Job)], order, {})
    else:
        (_, job), *_ = jobs
        perform(job, order, job.replay(recipe.changes, recipe.last_step), recipe.last_step)


def other_path(recipe: Recipe, classifier: Classifier) -> Iterator[str]:
    """Say that this machine can't compute as then."""
    if classifier.precision != recipe.precision:
        yield f"note: the recipe was made in {recipe.precision}, here in {classifier.precision}: pixels may differ"


def other_versions(versions: Mapping[str, str]) -> Iterator[str]:
    """Say which packages have another version than then, which may give other pixels."""
    for name, then in versions.items():
        try:
            now = version(name)
        except ModuleNotFoundError:
            now = "absent"
        if now != then:
            yield f"note: the recipe was made with {name} {then}, here is {now}: pixels may differ"
