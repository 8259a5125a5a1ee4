"""The stack that the recipes of slices are for: the one they were made from, or another."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.layers.slices import slice_at
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes.channels import seen_alike
from napari_robust_synth._napari.recipes.source import Check, Found, Places, index_of
from napari_robust_synth.pictures.origin import box_of, own_pixels
from napari_robust_synth.tasks.recipe import pixel_hash
from napari_robust_synth.tasks.recipes import SLICES, Recipes

if TYPE_CHECKING:
    from napari.layers import Image


def axis_of(recipes: Recipes) -> int:
    """Return the axis of the stack that slices lie along."""
    return int(recipes.axis or 0)


def plane_for(recipes: Recipes, layer: Image, world: World) -> Plane:
    """Describe what of a layer recipes are to be done to: its plane that is shown, or the first of all slices.

    Raises
    ------
    ValueError
        When there is none.
    """
    if recipes.kind == SLICES and layer.ndim - 2 > axis_of(recipes):
        world = world.moved(layer, axis_of(recipes), 0)
    return seen_alike(layer, recipes.first, world)


def first_slice(plane: Plane, recipes: Recipes) -> Plane:
    """Return the first slice of the stack that a plane is of.

    Raises
    ------
    ValueError
        When that has not these axes, or too few slices.
    """
    axis, last = axis_of(recipes), max(number for number, _ in recipes.numbered)
    if len(plane.index) != len(index_of(recipes.first)):
        needed = len(index_of(recipes.first)) + 2
        raise ValueError(f"{plane.name!r} has {len(plane.index) + 2} axes, expected {needed}, as the recipe's stack")
    if plane.data.shape[axis] <= last:
        raise ValueError(f"{plane.name!r} has {plane.data.shape[axis]} slices, but the recipe is of slice {last}, too")
    return slice_at(plane, axis, 0)


def read_slices(first: Plane, recipes: Recipes, check: Check | None = None) -> Array:
    """Read `Recipes.box` of every slice, (N, h, w[, C]); ``check`` is called before each.

    Raises
    ------
    ValueError
        When the box lies outside.
    """
    axis, (top, left, bottom, right) = axis_of(recipes), box_of(recipes.box, first.shape)
    part, slices = (slice(top, bottom), slice(left, right)), range(first.data.shape[axis])
    pixels = []
    for number in slices:
        if check is not None:
            check()
        pixels.append(slice_at(first, axis, number).pixels(part))
    return np.stack(pixels, dtype=pixels[0].dtype)


def stacked(first: Plane, recipes: Recipes, pictures: Array) -> Array:
    """Give slices (N, h, w[, C]) the axes of the stack that they are of."""
    return np.expand_dims(pictures, [axis for axis in range(len(first.index)) if axis != axis_of(recipes)])


def find_slices(recipes: Recipes, places: Places, check: Check) -> Found | None:
    """Look for the stack of recipes by the hashes of its slices; call it in a worker.

    ``check`` is called at each stack that may be it, and at each of its slices. What is found are the pixels of
    `Recipes.box` in every slice, and the plane of the first slice.
    """
    file = None
    with suppress(ValueError):
        own = own_pixels(recipes, Path.cwd())
        file = None if own is None else Found(own.pixels, None, own.path)
    for plane in places.planes:
        check()
        with suppress(ValueError):
            first = first_slice(plane, recipes)
            if _begins(first, recipes) and _same(recipes, pixels := read_slices(first, recipes, check), check):
                return Found(pixels, first, None if file is None else file.file)
    for history, picture in places.pasts:
        if picture.ndim - len(index_of(recipes.first)) in (2, 3):
            for number in history.entries:
                check()
                with suppress(ValueError):  # it was changed in place: there is no way back
                    past = _cut(history.picture(picture, number), recipes)
                    if _same(recipes, past, check):
                        return Found(past)
    return file


def _begins(first: Plane, recipes: Recipes) -> bool:
    number, recipe = recipes.numbered[0]
    top, left, bottom, right = box_of((recipe.image or {})["part"], first.shape)
    plane = slice_at(first, axis_of(recipes), number)
    return _made_from(recipe.image, plane.pixels((slice(top, bottom), slice(left, right))))


def _same(recipes: Recipes, pixels: Array, check: Check) -> bool:
    for number, recipe in recipes.numbered:
        check()
        if number >= len(pixels) or not _made_from(recipe.image, pixels[(number, *recipes.where(recipe))]):
            return False
    return True


def _made_from(image: Any, pixels: Array) -> bool:
    return bool(pixel_hash(pixels) == image["sha256"])


def _cut(picture: Array, recipes: Recipes) -> Array:
    """Return the box of every slice of an earlier state of a stack, or of a result, which may be no more than that."""
    axis, index, sizes = axis_of(recipes), index_of(recipes.first), picture.shape
    where = tuple(slice(None) if n == axis else min(i, sizes[n] - 1) for n, i in enumerate(index))
    planes, (top, left, bottom, right) = picture[where], recipes.box
    if planes.shape[1:3] == (bottom - top, right - left):
        return planes
    top, left, bottom, right = box_of(recipes.box, planes.shape[1:])
    return planes[:, top:bottom, left:right]
