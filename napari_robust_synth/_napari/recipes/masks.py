"""The mask or the labels of recipes, as an array and as a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from napari.layers import Labels

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.recipes.slices import stacked
from napari_robust_synth._napari.recipes.source import Check
from napari_robust_synth.pictures.origin import box_of
from napari_robust_synth.tasks.packing import unpack_labels, unpack_mask
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import RESULTS, SLICES, Recipes
from napari_robust_synth.tasks.strokes import read_stroke


@dataclass(frozen=True)
class Marks:
    """The mask or the labels of recipes, and the layers that hold the same, each with its data."""

    labels: Array
    layers: Sequence[tuple[Labels, Any]]


def label_layers(viewer: Any) -> list[tuple[Labels, Any]]:
    """Return the layers that may hold a mask, each with its data as it is now."""
    return [(layer, layer.data) for layer in viewer.layers if isinstance(layer, Labels) and not layer.multiscale]


def find_marks(recipes: Recipes, layers: Sequence[tuple[Labels, Any]], check: Check) -> Marks | None:
    """Read the mask of recipes, and look which layers hold it; call it in a worker.

    Raises
    ------
    ValueError
        When it is damaged.
    """
    labels = mask_of(recipes)
    return None if labels is None else Marks(labels, [one for one in layers if _holds(one[1], labels, check)])


def _holds(data: Any, labels: Array, check: Check) -> bool:
    """Say whether a layer's data are these labels; axes one long don't count."""
    check()
    own, wanted = ([size for size in shape if size != 1] for shape in (data.shape, labels.shape))
    return own == wanted and np.array_equal(np.asarray(data).reshape(labels.shape), labels)


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
    numbered = recipes.numbered[:1] if recipes.kind == RESULTS else recipes.numbered
    masks = [(number or 1, unpack_mask(r.mask)) for number, r in numbered if r.mask is not None]
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


def mask_layer(viewer: Any, plane: Plane, recipes: Recipes, marks: Marks) -> Labels:
    """Return the layer with these labels, which is added where there is none; of slices ``plane`` is the first."""
    labels = marks.labels
    part = (recipes.first.image or {}).get("part")
    corner = (0, 0) if part is None or labels.shape == plane.shape else box_of(part, plane.shape)[:2]
    data = plane.stacked(labels)
    if recipes.kind == SLICES:
        corner, data = recipes.box[:2], stacked(plane, recipes, labels)
    place = plane.placed(corner)
    for layer, known in marks.layers:
        there = layer in viewer.layers and layer.data is known and known.shape == data.shape
        if there and all(np.allclose(getattr(layer, name), place[name]) for name in ("translate", "scale")):
            return layer
    return viewer.add_labels(data, name=f"{plane.name} · mask", **place)
