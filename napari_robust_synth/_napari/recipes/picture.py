"""The picture that recipes were made from, as a layer: the one that is there, or one that is opened or added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from napari.utils.notifications import show_warning

from napari_robust_synth._napari.layers.colours import ColourPlane
from napari_robust_synth._napari.layers.planes import Plane, read_plane
from napari_robust_synth._napari.layers.slices import slice_at
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes.channels import add_channels
from napari_robust_synth._napari.recipes.slices import axis_of, first_slice
from napari_robust_synth._napari.recipes.source import Found, file_of, index_of
from napari_robust_synth.pictures.folders import one_line
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import SLICES, Recipes


def show_picture(viewer: Any, recipes: Recipes, found: Found | None) -> tuple[Recipes, Plane | None]:
    """Show the picture of recipes, and return them for what is there: of slices, the first of the stack.

    Raises
    ------
    ValueError
        When a file that was opened is of another kind of stack.
    """
    recipe, plane = recipes.first, None if found is None else found.plane
    if recipe.image is None:
        return recipes, None
    if plane is None or not all(spot.layer in viewer.layers for spot in plane.spots((0, 0, *plane.shape))):
        recipes, plane = _opened(viewer, recipes, found)
    if plane is not None:
        number, _ = recipes.numbered[0]
        shown = slice_at(plane, axis_of(recipes), number) if recipes.kind == SLICES else plane
        _show_as(viewer, shown, recipe)
    return recipes, plane


def _opened(viewer: Any, recipes: Recipes, found: Found | None) -> tuple[Recipes, Plane | None]:
    path, channels = file_of(recipes.first), () if found is None else found.channels
    if channels or (found is not None and path is None):
        recipes = recipes.cut_out() if recipes.kind == SLICES else recipes  # no more is known of the stack
    if channels:
        return recipes, add_channels(viewer, channels)
    if path is not None:
        layer = _opened_by_napari(viewer, path)
        if found is None:
            show_warning(f"{path.name} is not, or is no longer, the picture that the recipe was made with")
    elif found is None:
        return recipes, None
    else:
        rgb = found.pixels.ndim - (recipes.kind == SLICES) == 3
        layer = viewer.add_image(found.pixels, name="before", rgb=rgb)
    index = index_of(recipes.first) if layer.ndim > 2 else ()
    plane = read_plane(layer, World().at(layer, (*index, *([0] * (layer.ndim - len(index))))))
    return recipes, first_slice(plane, recipes) if recipes.kind == SLICES else plane


def _opened_by_napari(viewer: Any, path: Path) -> Any:
    try:
        return viewer.open(str(path.resolve()), plugin="napari")[0]
    except Exception as error:  # readers raise all kinds
        raise ValueError(f"{path} can't be opened: {one_line(error)}") from None


def _show_as(viewer: Any, plane: Plane, recipe: Recipe) -> None:
    """Show the slice that a recipe is of, in the range of values that counted."""
    if isinstance(plane, ColourPlane):
        for channel in plane.channels:
            channel.layer.contrast_limits = channel.limits
    elif not plane.layer.rgb:
        plane.layer.contrast_limits = recipe.value_range
    first = viewer.dims.ndim - plane.layer.ndim
    shown = World.of(viewer.dims).at(plane.layer, (*plane.index, 0, 0))
    for axis in range(first, first + len(plane.index)):
        viewer.dims.set_point(axis, shown.point[axis])
