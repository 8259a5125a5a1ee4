"""A recipe back in the form of the dock: its picture, its mask, and every setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels
from napari.utils.notifications import show_warning

from napari_robust_synth._napari.colours import ColourPlane, of_axis
from napari_robust_synth._napari.layers import Array
from napari_robust_synth._napari.offers import seen_as
from napari_robust_synth._napari.panels import ALL_LABELS
from napari_robust_synth._napari.planes import Plane, read_plane
from napari_robust_synth._napari.recipe_channels import told
from napari_robust_synth._napari.recipe_source import NOT_FOUND, Found, file_of, index_of
from napari_robust_synth._napari.world import World
from napari_robust_synth.models import find_model, is_name
from napari_robust_synth.pictures.origin import box_of
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.packing import unpack_labels, unpack_mask
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import Recipes
from napari_robust_synth.tasks.strokes import read_stroke
from napari_robust_synth.tasks.targets import read_targets

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock


def mask_of(recipes: Recipes) -> Array | None:
    """Return the mask or the labels of recipes: of objects their numbers, of a live painting what is there in the end.

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


def fill(dock: SynthesisDock, recipes: Recipes, found: Found | None) -> str:
    """Fill the form, and return what a user should know of it.

    Raises
    ------
    ValueError
        When the recipe is damaged, or its classifier is not here; nothing has changed then.
    """
    recipe = recipes.first
    kind, labels = TASKS[recipe.task], mask_of(recipes)
    try:
        task = kind(**recipe.parameters)
    except TypeError as error:
        raise ValueError(f"the recipe's parameters do not fit {recipe.task} ({error})") from None
    targets = {} if recipe.palette is None else read_targets(recipe.palette)
    entry = find_model(recipe.model)
    plane = None if recipe.image is None else _source(dock.viewer, recipe, found)
    if is_name(recipe.model):
        dock.model.value = recipe.model
    else:
        dock.use_model(entry.folder)
    dock.task.value = recipe.task
    if recipe.preset in kind.presets:
        dock.parameters.preset.value = recipe.preset
    for name, widget in dock.parameters.widgets.items():
        widget.value = getattr(task, name)
    dock.parameters.seed.value = min(max(recipe.seed, 0), 2**31 - 1)
    dock.parameters.working_size.value = recipe.size
    inputs = dock.inputs
    inputs.label.setCurrentText(recipe.label or "")
    inputs.features.setText(", ".join(map(str, recipe.features)))
    if plane is None:
        return "" if recipe.image is None else NOT_FOUND
    inputs.reset_choices()
    inputs.image_layer.value = plane.layer
    inputs.scope.choose(*seen_as(plane))
    if labels is not None:
        inputs.mask_layer.value = _mask_layer(dock.viewer, plane, recipe, labels)
        inputs.region.value = ALL_LABELS
    for label, target in targets.items():
        name = ", ".join(map(str, target.features)) or str(target.label)
        inputs.palette.set_row(label, name, target.strength)
    return _differs(recipe, recipes)


def _differs(recipe: Recipe, recipes: Recipes) -> str:
    if recipes.of_objects:
        return "Press “Distance to every class…” and choose each object by itself"
    if recipe.live:
        return "Filled in as painted in the end; Replay makes every stroke again"
    if recipe.changes or recipe.last_step < int(recipe.parameters.get("steps", 0)):
        return "Settings were moved, or it was stopped, while it ran: Replay does that again"
    return "Filled in: press Run"


def _source(viewer: Any, recipe: Recipe, found: Found | None) -> Plane | None:
    """Return the recipe's picture, which is opened or added where it is not there, and shown."""
    plane = None if found is None else found.plane
    if plane is None or not all(spot.layer in viewer.layers for spot in plane.spots((0, 0, *plane.shape))):
        plane = _opened(viewer, recipe, found)
    if plane is not None:
        _show_as(viewer, plane, recipe)
    return plane


def _opened(viewer: Any, recipe: Recipe, found: Found | None) -> Plane | None:
    if (path := file_of(recipe)) is not None:
        layer = viewer.open(str(path.resolve()), plugin="napari")[0]
        if found is None:
            show_warning(f"{path.name} is not, or is no longer, the picture that the recipe was made with")
    elif found is None:
        return None
    elif told(recipe.image):
        layer = viewer.add_image(np.moveaxis(found.pixels, -1, 0), name="before", contrast_limits=(0, 1))
        return of_axis(layer, 0, range(3), World().at(layer, (0, 0, 0)))
    else:
        layer = viewer.add_image(found.pixels, name="before", rgb=found.pixels.ndim == 3)
    index = index_of(recipe) if layer.ndim > 2 else ()
    return read_plane(layer, World().at(layer, (*index, *([0] * (layer.ndim - len(index))))))


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


def _mask_layer(viewer: Any, plane: Plane, recipe: Recipe, labels: Array) -> Labels:
    part = (recipe.image or {}).get("part")
    corner = (0, 0) if part is None or labels.shape == plane.shape else box_of(part, plane.shape)[:2]
    data, place = plane.stacked(labels), plane.placed(corner)
    for layer in viewer.layers:
        if isinstance(layer, Labels) and not layer.multiscale and layer.data.shape == data.shape:
            same = np.array_equal(layer.data, data) and np.allclose(layer.translate, place["translate"])
            if same and np.allclose(layer.scale, place["scale"]):
                return layer
    return viewer.add_labels(data, name=f"{plane.name} · mask", **place)
