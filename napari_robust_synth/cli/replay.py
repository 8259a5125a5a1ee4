"""Make a recipe's pixels again, or apply it to another picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from napari_robust_synth.cli.objects import perform_objects
from napari_robust_synth.cli.run import check_out, lossy, parse_range
from napari_robust_synth.models import find_model
from napari_robust_synth.pictures import files
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.origin import anchored, find_recipe_model, other_pixels, own_pixels
from napari_robust_synth.pictures.replaying import for_another, loader, origin_of
from napari_robust_synth.pictures.stacks import check_stack_suffix
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.doubts import doubts
from napari_robust_synth.tasks.recipes import OBJECTS, RESULTS, SLICES


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
    recipe, several = recipes.first, recipes.kind in (SLICES, RESULTS)
    kind = TASKS[recipe.task]
    picture = other_pixels(recipes, image) if image else own_pixels(recipes, path.parent)
    inputs = [path, *([picture.path] if picture else [])]
    if several:
        check_stack_suffix(out)
        files.check_file(out, inputs)
    else:
        check_out(kind, out, inputs)
    models = [model or find_recipe_model(one.model, path.parent) for _, one in recipes.numbered]
    for name in dict.fromkeys(models):
        find_model(name)

    from napari_robust_synth.cli.several import perform_several
    from napari_robust_synth.cli.work import Order, perform
    from napari_robust_synth.tasks import Job, restore

    note, chosen = "", parse_range(value_range)
    if picture and (image or chosen):
        recipes, note = for_another(recipes, picture.pixels, chosen)

    load = loader(model, device, path.parent)
    classifier = load(recipe)
    order = Order(
        out=out,
        model=models[0],
        picture=picture,
        inputs=tuple(inputs),
        notes=(
            *lossy(kind, out, None),
            *(f"note: {doubt}" for doubt in doubts(recipe, classifier)),
            *([f"note: {note}"] if note else []),
        ),
        as_json=as_json,
        quiet=quiet,
    )
    if several:
        origin = origin_of(recipes, picture) if picture and image else None
        found = recipes.each(lambda r: replace(anchored(r, path.parent), model=model or anchored(r, path.parent).model))
        perform_several(found, load, origin, order)
        return
    jobs = [(number, restore(r, classifier, picture.pixels if picture else None)) for number, r in recipes.numbered]
    if recipes.kind == OBJECTS:
        perform_objects([(number, job) for number, job in jobs if isinstance(job, Job)], order, {})
    else:
        (_, job), *_ = jobs
        perform(job, order, job.replay(recipe.changes, recipe.last_step), recipe.last_step)
