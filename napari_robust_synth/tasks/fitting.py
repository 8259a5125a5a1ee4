"""Recipes for a picture of another size: the mask is scaled with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_robust_synth.tasks.packing import Labels, pack_labels, pack_mask, unpack_labels, unpack_mask
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import SLICES, Recipes


def fitted(recipes: Recipes, shape: tuple[int, ...]) -> tuple[Recipes, str]:
    """Return recipes whose masks have the size of another picture, and what was done about that in a line, or "".

    A mask is scaled as the picture is, to the nearest pixel. That of a slice or a part stays where it is.

    Raises
    ------
    ValueError
        When a mask is damaged.
    """
    first = recipes.first
    if first.mask is None or recipes.kind == SLICES or (first.image or {}).get("part") is not None:
        return recipes, ""
    height, width = unpacked(first).shape
    if (height, width) == shape[:2]:
        return recipes, ""
    note = f"the mask was scaled from {width} x {height} px to the picture's {shape[1]} x {shape[0]} px"
    return recipes.each(lambda recipe: _scaled(recipe, shape)), note


def unpacked(recipe: Recipe) -> Labels:
    """Return the mask of a recipe that has one: what may change, or a palette's labels.

    Raises
    ------
    ValueError
        When it is damaged.
    """
    packed = recipe.mask or {}
    return unpack_mask(packed) if recipe.palette is None else unpack_labels(packed)


def _scaled(recipe: Recipe, shape: tuple[int, ...]) -> Recipe:
    if recipe.mask is None:
        return recipe
    mask, rows, columns = unpacked(recipe), *(np.arange(n) * 2 + 1 for n in shape[:2])
    nearest = np.ix_(rows * mask.shape[0] // (2 * shape[0]), columns * mask.shape[1] // (2 * shape[1]))
    scaled = mask[nearest]
    return replace(recipe, mask=pack_mask(scaled) if recipe.palette is None else pack_labels(scaled))
