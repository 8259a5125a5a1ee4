"""Recipes made again, on the picture they were made of or on another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.origin import (
    DEFAULT_RANGES,
    anchored,
    find_recipe_model,
    other_pixels,
    own_pixels,
)
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.fitting import fitted
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import RESULTS, SLICES, Recipes

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier
    from napari_robust_synth.tasks import Made


def replay(
    recipe: str | Path, image: str | Path | None = None, *, model: str | None = None, device: str | None = None
) -> decode.Array:
    """Make a recipe's pixels again, or do the same to another picture; a mask is scaled where that has another size.

    Parameters
    ----------
    recipe : path
        A ``.recipe.json`` file, or a PNG or TIFF that carries one.
    image : path, optional
        Another picture to do it to; for the recipes of slices a TIFF with a stack.
    model, device : str, optional
        By default the recipe's.

    Returns
    -------
    array
        As `tasks.make_again` returns it.

    Raises
    ------
    ValueError
        When the recipe is damaged, or picture or model are not those it was made with.
    """
    from napari_robust_synth.tasks import make_again

    path = Path(recipe)
    recipes = read_recipes(path).each(lambda r: anchored(r, path.parent))
    picture = other_pixels(recipes, Path(image)) if image else own_pixels(recipes, path.parent)
    if image and picture:
        recipes, _ = for_another(recipes, picture.pixels)

    load = loader(model, device, path.parent)
    return make_again(recipes, load, picture.pixels if picture else None).result


def loader(model: str | None, device: str | None, folder: Path) -> Callable[[Recipe], Classifier]:
    """Return what loads the classifier of a recipe from ``folder``, each once; ``model`` and ``device`` go first."""
    from napari_robust_synth.models import load_classifier

    @cache
    def load(name: str, where: str) -> Classifier:
        return load_classifier(name, where, precise=True)

    return lambda recipe: load(model or find_recipe_model(recipe.model, folder), device or recipe.device)


def for_another(recipes: Recipes, pixels: decode.Array) -> tuple[Recipes, str]:
    """Return recipes for another picture, or for slices, and what is to be told of it.

    A range that only was that of a type becomes that of the picture's; a mask is scaled.
    """
    from napari_robust_synth import core

    recipes, note = fitted(recipes, pixels.shape)
    if recipes.first.value_range not in DEFAULT_RANGES:
        return recipes, note
    limits = core.dtype_range(core.check_image(pixels[0] if recipes.kind == SLICES else pixels), None)
    return recipes.each(lambda r: replace(r, value_range=limits)), note


def encoded(path: Path, made: Made, icc: bytes | None, recipes: Recipes) -> bytes:
    """Return the bytes of the file ``path`` with what was made: of slices and several results a TIFF with a stack.

    Raises
    ------
    ValueError
        When one recipe makes several pictures.
    """
    if recipes.kind in (SLICES, RESULTS):
        return encode_stack(path, made.result, made.result.ndim == 4, recipes)
    one = made.result if made.result.ndim < 4 else made.result[0]
    if made.result.ndim == 4 and len(made.result) > 1:
        raise ValueError(f"the recipe makes {len(made.result)} pictures of each, expected one: generate with n = 1")
    return encode.encode(path, one, icc, recipes)


def origin_of(recipes: Recipes, picture: decode.Picture) -> dict[str, Any]:
    """Say for new recipes which other picture they are of."""
    path = str(picture.path.resolve())
    if recipes.kind == SLICES:
        return {"path": path, "index": (recipes.first.image or {})["index"]}
    return {"path": path, "sha256": picture.sha256, "of": "file"}
