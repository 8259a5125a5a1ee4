"""A recipe back in the form of the dock: its picture, its mask, and every setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_robust_synth._napari.history.earlier import uncover
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.inputs.panels import ALL_LABELS
from napari_robust_synth._napari.layers.offers import seen_as
from napari_robust_synth._napari.recipes.masks import Marks, mask_layer
from napari_robust_synth._napari.recipes.picture import show_picture
from napari_robust_synth._napari.recipes.slices import axis_of
from napari_robust_synth._napari.recipes.source import NOT_FOUND, Found
from napari_robust_synth.models import find_model, is_name
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.recipes import OBJECTS, RESULTS, SLICES, Recipes
from napari_robust_synth.tasks.targets import read_targets

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock

HIDDEN = ". The results over the picture are hidden: it was made without them"


def fill(dock: SynthesisDock, recipes: Recipes, found: Found | None, marks: Marks | None) -> str:
    """Fill the form, and return what a user should know of it.

    Raises
    ------
    ValueError
        When the recipe is damaged, its classifier is not here, or its file holds another kind of stack by now; the form
        is as it was then.
    """
    recipe = recipes.first
    kind = TASKS[recipe.task]
    try:
        task = kind(**recipe.parameters)
    except TypeError as error:
        raise ValueError(f"the recipe's parameters do not fit {recipe.task} ({error})") from None
    targets = {} if recipe.palette is None else read_targets(recipe.palette)
    entry = find_model(recipe.model)
    recipes, plane = show_picture(dock.viewer, recipes, found)
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
    inputs.scope.choose(*seen_as(plane, axis_of(recipes) if recipes.kind == SLICES else None))
    hidden = uncover(keeper_of(dock.viewer), plane, every=recipes.kind == SLICES)
    if marks is not None:
        inputs.mask_layer.value = mask_layer(dock.viewer, plane, recipes, marks)
        inputs.region.value = ALL_LABELS
    for label, target in targets.items():
        inputs.palette.all_rows.put(label, target)
    return _differs(recipe, recipes) + HIDDEN * hidden


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
