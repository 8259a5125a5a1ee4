"""A recipe as a file, with the picture it was made from beside it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.recipes.source import Check, Found
from napari_robust_synth._napari.running.loading import prepare_torch
from napari_robust_synth.pictures import encode, files
from napari_robust_synth.pictures.origin import own_pixels, seen_from
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.recipe import pixel_hash
from napari_robust_synth.tasks.recipes import SLICES, Recipes


def save(recipes: Recipes, found: Found | None, path: Path, check: Check) -> tuple[Path, bool]:
    """Write a recipe file, and the picture beside it unless that is a file already; say if it can be replayed.

    Once it was cancelled nothing is written.
    """
    prepare_torch()
    files.check_folder(path.parent)
    data: dict[Path, bytes] = {}
    whole = recipes.first.image is None or _is_file(recipes)
    if not whole and found is not None:
        pixels = np.asarray(found.pixels, found.pixels.dtype.newbyteorder("="))  # as it will be read back
        source, encoded = _picture_beside(path, pixels, stack=recipes.kind == SLICES)
        recipes, data, whole = _of_file(recipes, pixels, source), {source: encoded}, True
    check()
    files.write_all({path: recipes.each(lambda recipe: seen_from(recipe, path.parent)).to_bytes(), **data})
    return path, whole


def _picture_beside(recipe: Path, pixels: Array, *, stack: bool) -> tuple[Path, bytes]:
    """Return where the picture of a recipe goes, and what is written there: no other picture is lost."""
    name = recipe.name.removesuffix(files.RECIPE_SUFFIX)
    first, others = f"{name}.source.tif", (f"{name}.source-{n}.tif" for n in count(2))
    paths = map(recipe.with_name, chain([first], others))
    data = encode_stack(Path(first), pixels, pixels.ndim == 4) if stack else encode.encode(Path(first), pixels)
    return next(path for path in paths if not path.exists() or path.read_bytes() == data), data


def _of_file(recipes: Recipes, pixels: Array, source: Path) -> Recipes:
    """Return recipes of a picture that is a file now."""
    named = {"path": str(source.resolve()), "of": "pixels"}
    if recipes.kind != SLICES:
        known = {name: value for name, value in (recipes.first.image or {}).items() if name not in ("index", "part")}
        image = known | named | {"sha256": pixel_hash(pixels)}
        return recipes.each(lambda recipe: replace(recipe, image=image))
    cut, numbered = recipes.cut_out(), []
    for number, recipe in cut.numbered:
        own = pixel_hash(pixels[(number, *cut.where(recipe))])
        numbered.append((number, replace(recipe, image={**(recipe.image or {}), **named, "sha256": own})))
    return replace(cut, numbered=tuple(numbered))


def _is_file(recipes: Recipes) -> bool:
    try:
        own_pixels(recipes, Path.cwd())
    except ValueError:
        return False
    return True
