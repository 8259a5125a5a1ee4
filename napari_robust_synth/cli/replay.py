"""Make a recipe's pixels again, or apply it to another picture."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from napari_robust_synth.cli import decode
from napari_robust_synth.cli.objects import perform_objects, recorded
from napari_robust_synth.cli.run import check_out, lossy, parse_range
from napari_robust_synth.models import find_model, is_name
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipe import Recipe, pixel_hash

DEFAULT_RANGES = ((0, 1), *((np.iinfo(t).min, np.iinfo(t).max) for t in ("u1", "u2", "i2")))


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
    """Run a recipe file; a model or picture whose hash differs is refused."""
    objects = recorded(path)
    recipes = [Recipe.from_dict(raw) for _, raw in objects] or [Recipe.read(path)]
    recipe = recipes[0]
    if recipe.task not in TASKS:
        raise ValueError(f"the recipe's task {recipe.task!r} is unknown: expected {', '.join(TASKS)}")
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
        recipes = [replace(r, value_range=limits) for r in recipes]
    classifier, pixels = load_classifier(model, device or recipe.device), picture.pixels if picture else None
    jobs = [restore(r, classifier, pixels) for r in recipes]
    order = Order(
        out=out,
        model=model,
        picture=picture,
        inputs=tuple(inputs),
        notes=(*lossy(kind, out, None), *other_versions(recipe.versions)),
        as_json=as_json,
        quiet=quiet,
    )
    if objects:
        numbered = zip((number for number, _ in objects), jobs, strict=True)
        perform_objects([(number, job) for number, job in numbered if isinstance(job, Job)], order, {})
    else:
        job = jobs[0]
        perform(job, order, job.replay(recipe.changes, recipe.last_step), recipe.last_step)


def own_picture(recipe: Recipe, folder: Path) -> decode.Picture | None:
    """Read the picture a recipe names.

    Raises
    ------
    ValueError
        When it is not there, or not the one the recipe was made with.
    """
    if recipe.image is None:
        return None
    name, expected = recipe.image.get("path"), recipe.image.get("sha256")
    if not isinstance(name, str):
        raise ValueError("the recipe names no picture file: give the picture with --image")
    picture = decode.read((folder.resolve() / name).resolve())
    if (part := recipe.image.get("part")) is not None:
        picture = replace(picture, pixels=cut(picture.pixels, part))
    found = pixel_hash(picture.pixels) if recipe.image.get("of") == "pixels" else picture.sha256
    if found != expected:
        raise ValueError(
            f"{picture.path} has the hash {found[:12]}, but the recipe was made with {str(expected)[:12]}: "
            "restore that picture, or apply the recipe to this one with --image"
        )
    return picture


def cut(pixels: np.ndarray[Any, Any], part: Any) -> np.ndarray[Any, Any]:
    """Cut out the part of a picture that was read: top, left, bottom, right.

    Raises
    ------
    ValueError
        When it is none.
    """
    try:
        top, left, bottom, right = map(operator.index, part)
    except (TypeError, ValueError):
        raise ValueError(f"the recipe's part is {part!r}, expected top, left, bottom, right") from None
    if not (0 <= top < bottom <= pixels.shape[0] and 0 <= left < right <= pixels.shape[1]):
        raise ValueError(
            f"the recipe's part {part} lies outside the picture of {pixels.shape[1]} x {pixels.shape[0]} px"
        )
    return pixels[top:bottom, left:right]


def other_picture(recipe: Recipe, image: Path) -> decode.Picture:
    """Read the picture to apply a recipe to."""
    if recipe.image is None:
        raise ValueError(f"the recipe of {recipe.task} starts from no picture: leave out --image")
    return decode.read(image)


def find_recipe_model(name: str, folder: Path) -> str:
    """Return a model's name, or its folder: as seen from the recipe, else from here."""
    seen = folder.resolve() / name
    return str(seen.resolve()) if not is_name(name) and seen.is_dir() else name


def other_versions(versions: Mapping[str, str]) -> Iterator[str]:
    """Say which packages have another version than then, which may give other pixels."""
    for name, then in versions.items():
        try:
            now = version(name)
        except ModuleNotFoundError:
            now = "absent"
        if now != then:
            yield f"note: the recipe was made with {name} {then}, here is {now}: pixels may differ"
