"""A recipe back in the form of the dock: its picture, its mask, and every setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.layers import Image
from napari.utils.notifications import show_warning

from napari_robust_synth._napari.offers import ALL, SHOWN, Choice
from napari_robust_synth._napari.panels import ALL_LABELS
from napari_robust_synth._napari.planes import Plane, read_plane
from napari_robust_synth._napari.recipe_masks import mask_layer, mask_of
from napari_robust_synth._napari.recipe_slices import axis_of, first_slice
from napari_robust_synth._napari.recipe_source import NOT_FOUND, Found, file_of, index_of
from napari_robust_synth.models import find_model, is_name
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import OBJECTS, RESULTS, SLICES, Recipes
from napari_robust_synth.tasks.targets import read_targets

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock


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
    if recipes.kind == SLICES and found is not None and found.plane is None and found.file is None:
        recipes = recipes.cut_out()  # of the history no more is known
        recipe = recipes.first
    layer = None if recipe.image is None else _layer(dock.viewer, recipe, found)
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
    if layer is None:
        return "" if recipe.image is None else NOT_FOUND
    inputs.reset_choices()
    inputs.image_layer.value = layer
    inputs.scope.choose(Choice(ALL, axis_of(recipes)) if recipes.kind == SLICES else Choice(SHOWN))
    if labels is not None:
        inputs.mask_layer.value = mask_layer(dock.viewer, _plane(layer, recipes), recipes, labels)
        inputs.region.value = ALL_LABELS
    for label, target in targets.items():
        name = ", ".join(map(str, target.features)) or str(target.label)
        inputs.palette.set_row(label, name, target.strength)
    return _differs(recipe, recipes)


def _differs(recipe: Recipe, recipes: Recipes) -> str:
    if recipes.kind == OBJECTS:
        return "Press “Distance to every class…” and choose each object by itself"
    if recipes.kind == RESULTS:
        return f"Filled in as {recipes.titles[0]!r}; press “Side by side…” for several again"
    if recipe.live:
        return "Filled in as painted in the end; Replay makes every stroke again"
    if recipe.changes or recipe.last_step < int(recipe.parameters.get("steps", 0)):
        return "Settings were moved, or it was stopped, while it ran: Replay does that again"
    return "Filled in: press Run"


def _layer(viewer: Any, recipe: Recipe, found: Found | None) -> Image | None:
    if found is not None and found.plane is not None and found.plane.layer in viewer.layers:
        layer = found.plane.layer
    elif (path := file_of(recipe)) is not None:
        layer = viewer.open(str(path.resolve()), plugin="napari")[0]
        if found is None:
            show_warning(f"{path.name} is not, or is no longer, the picture that the recipe was made with")
    elif found is not None:
        rgb = found.pixels.ndim - len(index_of(recipe)) == 3
        layer = viewer.add_image(found.pixels, name="before", rgb=rgb)
    else:
        return None
    if not layer.rgb:
        layer.contrast_limits = recipe.value_range
    _show_slice(viewer, layer, index_of(recipe))
    return layer


def _show_slice(viewer: Any, layer: Image, index: tuple[int, ...]) -> None:
    if index and len(index) == layer.ndim - 2:
        world = layer.data_to_world((*index, 0, 0))
        for axis in range(len(index)):
            viewer.dims.set_point(viewer.dims.ndim - layer.ndim + axis, world[axis])


def _plane(layer: Image, recipes: Recipes) -> Plane:
    index = index_of(recipes.first) if layer.ndim > 2 else ()
    plane = read_plane(layer, layer.data_to_world((*index, *([0] * (layer.ndim - len(index))))))
    return first_slice(plane, recipes) if recipes.kind == SLICES else plane
