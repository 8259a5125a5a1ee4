"""The mask or the labels of recipes, as an array and as a layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from napari.layers import Labels

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.recipes.slices import stacked
from napari_robust_synth.pictures.origin import box_of
from napari_robust_synth.tasks.packing import unpack_labels, unpack_mask
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import SLICES, Recipes
from napari_robust_synth.tasks.strokes import read_stroke


def mask_of(recipes: Recipes) -> Array | None:
    """Return the mask or the labels of recipes: of objects their numbers, of a live painting what is there in the end.

    Of slices it is a stack, which ends with the last one that has a mask.

    Raises
    ------
    ValueError
        When they are damaged.
    """
    first = recipes.first
    if first.live:
        return _painted(first)
    if first.mask is None:
        return None
    if first.palette is not None:
        return unpack_labels(first.mask)
    if recipes.kind == SLICES:
        return _of_slices(recipes)
    masks = [(number or 1, unpack_mask(r.mask)) for number, r in recipes.numbered if r.mask is not None]
    labels = np.zeros(masks[0][1].shape, np.int32)
    for number, mask in masks:
        if mask.shape != labels.shape:
            raise ValueError("the masks of the recipe's objects differ in size: they are damaged")
        labels[mask] = number
    return labels


def _painted(recipe: Recipe) -> Array:
    strokes = [read_stroke(change["paint"]) for _, change in recipe.changes if "paint" in change]
    top, left, bottom, right = recipe.crop
    labels = np.zeros((max(bottom - top, 1), max(right - left, 1)), np.int32)
    for row, column, stroke in strokes:
        there = labels[row : row + stroke.shape[0], column : column + stroke.shape[1]]
        if min(row, column) < 0 or there.shape != stroke.shape:
            raise ValueError("a stroke of the recipe lies outside its picture: it is damaged")
        there[:] = stroke
    return labels


def _of_slices(recipes: Recipes) -> Array:
    top, left, bottom, right = recipes.box
    labels = np.zeros((1 + max(number for number, _ in recipes.numbered), bottom - top, right - left), np.int32)
    for number, recipe in recipes.numbered:
        packed = recipe.mask or {}
        mask = unpack_mask(packed) if recipe.palette is None else unpack_labels(packed)
        there = labels[(number, *recipes.where(recipe))]
        if there.shape != mask.shape:
            raise ValueError(f"the mask of slice {number} has another size than its part: the recipe is damaged")
        there[:] = mask
    return labels


def mask_layer(viewer: Any, plane: Plane, recipes: Recipes, labels: Array) -> Labels:
    """Return the layer with these labels, which is added where there is none; of slices ``plane`` is the first."""
    part = (recipes.first.image or {}).get("part")
    corner = (0, 0) if part is None or labels.shape == plane.shape else box_of(part, plane.shape)[:2]
    data = plane.stacked(labels)
    if recipes.kind == SLICES:
        corner, data = recipes.box[:2], stacked(plane, recipes, labels)
    place = plane.placed(corner)
    for layer in viewer.layers:
        if isinstance(layer, Labels) and not layer.multiscale and layer.data.shape == data.shape:
            same = np.array_equal(layer.data, data) and np.allclose(layer.translate, place["translate"])
            if same and np.allclose(layer.scale, place["scale"]):
                return layer
    return viewer.add_labels(data, name=f"{plane.name} · mask", **place)
