"""Where a layer has recipes in its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_robust_synth.tasks import recipes as kinds
from napari_robust_synth.tasks.recipes import Recipes

RECIPE = "robust_synthesis"
"""The recipe of a result."""
SLICES = "robust_synthesis_slices"
"""The recipe of each slice of a result."""
OBJECTS = "robust_synthesis_objects"
"""The recipe of each object of a result."""
SERIES = "robust_synthesis_series"
"""What several results side by side differ in, and the recipe of each."""
KEYS = {kinds.WHOLE: RECIPE, kinds.SLICES: SLICES, kinds.OBJECTS: OBJECTS, kinds.RESULTS: SERIES}
"""By kind of recipes; the first of these that a layer has is the latest that was done."""


def as_metadata(recipes: Recipes) -> dict[str, Any]:
    """Return the metadata of a layer that has these recipes."""
    return {KEYS[recipes.kind]: recipes.to_dict()}


def recipes_part(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `as_metadata` gave, of metadata that may hold more."""
    return {key: metadata[key] for key in KEYS.values() if key in metadata}


def edit_part(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same of what an edit of the layer leaves; a series it shows is no edit."""
    return {key: value for key, value in recipes_part(metadata).items() if key != SERIES}
