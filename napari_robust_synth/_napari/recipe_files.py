"""What napari's File menu and dropped files run: recipes are opened, and saved inside pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import napari
import numpy as np
from napari.utils.notifications import show_error
from qtpy.QtCore import QTimer

from napari_robust_synth._napari.layers import Array
from napari_robust_synth._napari.recipe_layer import recipes_in
from napari_robust_synth.pictures import encode, files
from napari_robust_synth.pictures.origin import anchored, seen_from
from napari_robust_synth.tasks.recipes import Recipes

NO_LAYERS: list[Any] = [(None,)]


def recipe_reader(path: str | list[str]) -> Callable[[str | list[str]], list[Any]] | None:
    """Return what opens a ``.recipe.json`` file: it fills the form of the dock, and adds the picture and the mask."""
    return None if isinstance(path, list) else open_recipe


def open_recipe(path: str | list[str]) -> list[Any]:
    """Fill the form of the dock with a recipe; what is wrong with it is shown in one line."""
    where = Path(str(path))
    viewer = napari.current_viewer()
    try:
        if viewer is None:
            raise ValueError(f"{where} needs napari's window: open it there, or use napari-robust-synth replay")
        recipes = Recipes.read(where).each(lambda recipe: anchored(recipe, where.parent))
    except ValueError as error:
        show_error(str(error))
        return NO_LAYERS
    QTimer.singleShot(0, lambda: _edit(viewer, recipes, where))
    return NO_LAYERS


def _edit(viewer: Any, recipes: Recipes, path: Path) -> None:
    from napari_robust_synth._napari.commands import recipe_dialog

    recipe_dialog(viewer).take_file(recipes, path.name)


def write_picture(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """Write a result layer as PNG or TIFF, exactly, with its recipe inside.

    Raises
    ------
    OSError
        When the layer has no recipe, or the format can't hold it; napari takes a ValueError for "no such writer".
    """
    where, name = Path(path), repr(meta.get("name", "the layer"))
    try:
        recipes = recipes_in(meta.get("metadata", {}))
        if recipes is None:
            raise ValueError(f"{name} has no recipe, since no run made it: choose another format to save it")
        pixels = _one_picture(data, meta, name)
        files.check_folder(where.parent)
        beside = recipes.each(lambda recipe: seen_from(recipe, where.parent))
        files.write_all({where: encode.encode(where, pixels, None, beside)})
    except ValueError as error:
        raise OSError(str(error)) from None
    return [path]


def _one_picture(data: Any, meta: dict[str, Any], name: str) -> Array:
    if meta.get("multiscale"):
        raise ValueError(f"{name} has several scales, expected one: choose another format to save it")
    pixels, axes = np.asarray(data), 3 if meta.get("rgb") else 2
    if any(length != 1 for length in pixels.shape[:-axes]):
        raise ValueError(f"{name} has the shape {pixels.shape}, expected one picture: choose another format")
    return pixels.reshape(pixels.shape[-axes:])
