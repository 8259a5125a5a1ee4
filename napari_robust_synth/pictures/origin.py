"""The picture and the model that a recipe names: where they are, and whether they are still the same."""

from __future__ import annotations

import operator
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from napari_robust_synth.models import is_name
from napari_robust_synth.pictures import decode
from napari_robust_synth.tasks.recipe import Recipe, pixel_hash

DEFAULT_RANGES = ((0, 1), *((np.iinfo(t).min, np.iinfo(t).max) for t in ("u1", "u2", "i2")))


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
        top, left, bottom, right = box = box_of(part, picture.pixels.shape)
        picture = replace(picture, pixels=picture.pixels[top:bottom, left:right], part=box)
    found = pixel_hash(picture.pixels) if recipe.image.get("of") == "pixels" else picture.sha256
    if found != expected:
        raise ValueError(
            f"{picture.path} has the hash {found[:12]}, but the recipe was made with {str(expected)[:12]}: "
            "restore that picture, or apply the recipe to this one with --image"
        )
    return picture


def box_of(part: Any, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return the part of a picture of a shape that was read: top, left, bottom, right.

    Raises
    ------
    ValueError
        When it is none.
    """
    try:
        top, left, bottom, right = map(operator.index, part)
    except (TypeError, ValueError):
        raise ValueError(f"the recipe's part is {part!r}, expected top, left, bottom, right") from None
    if not (0 <= top < bottom <= shape[0] and 0 <= left < right <= shape[1]):
        raise ValueError(f"the recipe's part {part} lies outside the picture of {shape[1]} x {shape[0]} px")
    return top, left, bottom, right


def other_picture(recipe: Recipe, image: Path) -> decode.Picture:
    """Read the picture to apply a recipe to."""
    if recipe.image is None:
        raise ValueError(f"the recipe of {recipe.task} starts from no picture: leave out --image")
    return decode.read(image)


def find_recipe_model(name: str, folder: Path) -> str:
    """Return a model's name, or its folder: as seen from the recipe, else from here."""
    seen = folder.resolve() / name
    return str(seen.resolve()) if not is_name(name) and seen.is_dir() else name


def relative(path: Path, folder: Path) -> str:
    """Return ``path`` as seen from ``folder``, with forward slashes; absolute on another drive."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def anchored(recipe: Recipe, folder: Path) -> Recipe:
    """Return a recipe that was read from a file in ``folder`` with paths that hold anywhere."""
    image = recipe.image
    if image is not None and isinstance(name := image.get("path"), str):
        image = {**image, "path": str((folder.resolve() / name).resolve())}
    return replace(recipe, image=image, model=find_recipe_model(recipe.model, folder))


def seen_from(recipe: Recipe, folder: Path) -> Recipe:
    """Return a recipe that will lie in ``folder``, with paths as seen from there."""
    image, model = recipe.image, recipe.model
    if image is not None and isinstance(name := image.get("path"), str):
        image = {**image, "path": relative(Path(name), folder)}
    return replace(recipe, image=image, model=model if is_name(model) else model_seen_from(Path(model), folder))


def model_seen_from(model: Path, folder: Path) -> str:
    """Return a model's folder as seen from another one; no name of the zoo has a slash."""
    seen = relative(model, folder)
    return seen if "/" in seen else f"./{seen}"
