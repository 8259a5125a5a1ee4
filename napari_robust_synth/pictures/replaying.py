"""Recipes made again, on the picture they were made of or on another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.origin import anchored, find_recipe_model, image_of, other_pixels, own_pixels
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.fitting import fitted
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import RESULTS, SLICES, Recipes

if TYPE_CHECKING:
    from napari_robust_synth.core import Range
    from napari_robust_synth.models import Classifier
    from napari_robust_synth.tasks import Made

_TYPES = [np.iinfo(code) for code in np.typecodes["AllInteger"]]
TYPE_RANGES = {(0.0, 1.0), *((float(info.min), float(info.max)) for info in _TYPES)}
"""What a recipe's range is when nobody asked for one: that of floats, and of whole numbers of any size."""


def replay(
    recipe: str | Path, image: str | Path | None = None, *, model: str | None = None, device: str | None = None
) -> decode.Array:
    """Make a recipe's pixels again, or do the same to another picture; a mask is scaled where that has another size.

    Of a recipe of a part of a large picture, or of a slice, that part is made, of another picture the same part.

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


def for_another(recipes: Recipes, pixels: decode.Array, chosen: Range | None = None) -> tuple[Recipes, str]:
    """Return recipes for another picture, or for slices, and what is to be told of it.

    A mask is scaled. The range of values becomes the ``chosen`` one; else one that may only have been that of a type
    becomes that of the picture's type, unless the picture's values tell that it holds for them, too.

    Raises
    ------
    ValueError
        When the picture can't be edited, or no range holds for it.
    """
    recipes, note = fitted(recipes, pixels.shape)
    limits = _other_range(recipes, pixels, chosen)
    return recipes if limits is None else recipes.each(lambda r: replace(r, value_range=limits)), note


def _other_range(recipes: Recipes, pixels: decode.Array, chosen: Range | None) -> Range | None:
    """Return the range for another picture, or None where that of the recipes holds."""
    from napari_robust_synth import core

    low, high = recipes.first.value_range
    if chosen is None and (low, high) not in TYPE_RANGES:
        return None
    seen = [core.check_image(one) for one in _worked_on(recipes, pixels)]
    darkest, brightest = min(one.min() for one in seen), max(one.max() for one in seen)
    inside = chosen is None and low <= darkest and brightest <= high
    try:
        ((black, white),) = {core.dtype_range(one, chosen) for one in seen}
    except ValueError:
        if inside:
            return None
        raise
    # 8-bit values in a 16-bit file; those of a blank picture tell nothing
    narrower = inside and darkest < brightest and high - low < white - black
    return None if narrower else (black, white)


def _worked_on(recipes: Recipes, pixels: decode.Array) -> list[decode.Array]:
    if recipes.kind != SLICES:
        return [pixels]
    return [pixels[(number, *recipes.where(recipe))] for number, recipe in recipes.numbered]


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
    if recipes.kind == SLICES:
        return {"path": str(picture.path.resolve()), "index": (recipes.first.image or {})["index"]}
    return image_of(picture)
