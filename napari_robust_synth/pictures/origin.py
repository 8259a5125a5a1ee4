"""The picture and the model that a recipe names: where they are, and whether they are still the same."""

from __future__ import annotations

import operator
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from napari_robust_synth.models import is_name
from napari_robust_synth.pictures import decode
from napari_robust_synth.pictures.stacks import SUFFIXES, read_stack
from napari_robust_synth.tasks.recipe import Recipe, pixel_hash
from napari_robust_synth.tasks.recipes import SLICES, Recipes


def own_picture(recipe: Recipe, folder: Path) -> decode.Picture | None:
    """Read the picture a recipe names.

    Raises
    ------
    ValueError
        When it is not there, or not the one the recipe was made with.
    """
    if recipe.image is None:
        return None
    path = _named(recipe, folder)
    picture = _placed(recipe, path)
    _check(recipe, path, pixel_hash(picture.pixels) if recipe.image.get("of") == "pixels" else picture.sha256)
    return picture


def own_pixels(recipes: Recipes, folder: Path) -> decode.Picture | None:
    """Read what recipes were made from, as `tasks.make_again` takes it.

    Raises
    ------
    ValueError
        When it is not there, or not what the recipes were made with.
    """
    if recipes.kind != SLICES:
        return own_picture(recipes.first, folder)
    path = _named(recipes.first, folder)
    picture = other_pixels(recipes, path)
    for number, recipe in recipes.numbered:
        _check(recipe, path, pixel_hash(picture.pixels[(number, *recipes.where(recipe))]))
    return picture


def other_pixels(recipes: Recipes, image: Path) -> decode.Picture:
    """Read what to apply recipes to: a picture, or for those of slices a TIFF with a stack.

    Raises
    ------
    ValueError
        When it is missing, damaged, or not of that kind.
    """
    if recipes.kind != SLICES:
        return other_picture(recipes.first, image)
    index = [*(recipes.first.image or {})["index"]]
    index[int(recipes.axis or 0)] = slice(None)
    stack = _plane(image, index)
    top, left, bottom, right = box = box_of(recipes.box, stack.pixels.shape[1:])
    last = max(number for number, _ in recipes.numbered)
    if last >= len(stack.pixels):
        raise ValueError(f"{image} has {len(stack.pixels)} slices, but the recipe is of slice {last}, too")
    return replace(stack, pixels=stack.pixels[:, top:bottom, left:right], part=box)


def _named(recipe: Recipe, folder: Path) -> Path:
    name = (recipe.image or {}).get("path")
    if not isinstance(name, str):
        raise ValueError("the recipe names no picture file: give the picture with --image")
    return (folder.resolve() / name).resolve()


def _placed(recipe: Recipe, path: Path) -> decode.Picture:
    """Read what lies in a file where a recipe was made: in its slice and part; a file of one picture is any slice."""
    image = recipe.image or {}
    index, part = image.get("index"), image.get("part")
    stacked = isinstance(index, list | tuple) and index and path.suffix.lower() in SUFFIXES
    picture = _plane(path, index or (), flat=True) if stacked else decode.read(path)
    if part is None:
        return picture
    top, left, bottom, right = box = box_of(part, picture.pixels.shape)
    return replace(picture, pixels=picture.pixels[top:bottom, left:right], part=box)


def _plane(path: Path, index: Sequence[Any], *, flat: bool = False) -> decode.Picture:
    """Read a plane of a stack, or several; ``flat`` allows a file of one picture."""
    stack, rgb = read_stack(path)
    axes = stack.ndim - (3 if rgb else 2)
    if flat and not axes:
        return decode.read(path)
    if axes != len(index):
        raise ValueError(f"{path} has the shape {stack.shape}, expected {len(index)} axes before height and width")
    try:
        return decode.Picture(path, stack[tuple(index)], sha256="", index=tuple(index))
    except (IndexError, TypeError):
        raise ValueError(f"{path} has the shape {stack.shape}, but the recipe is of slice {index}") from None


def _check(recipe: Recipe, path: Path, found: str) -> None:
    expected = (recipe.image or {}).get("sha256")
    if found != expected:
        raise ValueError(
            f"{path} has the hash {found[:12]}, but the recipe was made with {str(expected)[:12]}: "
            "restore that picture, or apply the recipe to this one with --image"
        )


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
    """Read the picture to apply a recipe to; what belongs to a slice or to a part stays where it is.

    Raises
    ------
    ValueError
        When it is missing or damaged, or has no room for that.
    """
    if recipe.image is None:
        raise ValueError(f"the recipe of {recipe.task} starts from no picture: leave out --image")
    return _placed(recipe, image)


def image_of(picture: decode.Picture) -> dict[str, Any]:
    """Say for a recipe which picture it is of: a file, or the pixels of a slice or of a part."""
    found: dict[str, Any] = {"path": str(picture.path.resolve())}
    if not picture.index and picture.part is None:
        return found | {"sha256": picture.sha256, "of": "file"}
    place = {"index": picture.index or None, "part": picture.part}
    known = {name: value for name, value in place.items() if value is not None}
    return found | {"sha256": pixel_hash(picture.pixels), "of": "pixels"} | known


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
