"""Whether a result that is there already is what the same recipes make of the same picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from napari_robust_synth.pictures import decode, files
from napari_robust_synth.pictures.embedded import embedded
from napari_robust_synth.pictures.origin import image_of
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.fitting import unpacked
from napari_robust_synth.tasks.recipe import Recipe, pixel_hash
from napari_robust_synth.tasks.recipes import SLICES, Recipes

WHERE = ("image", "crop", "model", "device", "precision", "versions")
"""What a recipe says of the place where it ran; the model is known by its hash, the picture is compared by its own."""


def made_before(recipes: Recipes, picture: decode.Picture, goal: Path) -> bool:
    """Tell whether the result is there; a recipe without its picture is what a killed process left.

    Raises
    ------
    ValueError
        When something is there that did not come of these recipes and this picture.
    """
    try:
        found = Recipes.read(files.recipe_path(goal))
        whole = goal.exists()
        same = _same(recipes, found, picture) and (not whole or embedded(goal) == found)
    except (ValueError, TypeError):
        same = False
    if not same:
        raise ValueError(f"{goal} is already there, not from this recipe and picture: choose another folder")
    return whole


def _same(recipes: Recipes, found: Recipes, picture: decode.Picture) -> bool:
    if [number for number, _ in recipes.numbered] != [number for number, _ in found.numbered]:
        return False
    pairs = zip(recipes.numbered, found.numbered, strict=True)
    return (recipes.kind, recipes.axis, recipes.titles) == (found.kind, found.axis, found.titles) and all(
        _run(asked) == _run(made)
        and asked.label in (None, made.label)
        and (made.image or {}).get("sha256") == _hash(recipes, number, asked, picture)
        for (number, asked), (_, made) in pairs
    )


def _run(recipe: Recipe) -> dict[str, Any]:
    """Return what decides the result, so that an older recipe compares with one written today."""
    known = {name: value for name, value in recipe.to_dict().items() if name not in (*WHERE, "label")}
    mask = None if recipe.mask is None else pixel_hash(unpacked(recipe))
    return known | {"parameters": TASKS[recipe.task](**recipe.parameters).to_dict(), "mask": mask}


def _hash(recipes: Recipes, number: int, recipe: Recipe, picture: decode.Picture) -> str:
    if recipes.kind != SLICES:
        return str(image_of(picture)["sha256"])
    return pixel_hash(picture.pixels[(number, *recipes.where(recipe))])
