"""What napari's File menu and dropped files run: recipes are opened, and saved inside pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from napari.utils.notifications import show_error, show_warning
from napari_builtins.io import napari_write_image  # type: ignore[import-untyped]

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.recipes.layer import recipes_in
from napari_robust_synth._napari.recipes.showing import recipe_dialog
from napari_robust_synth._napari.window.opening import opening_viewer
from napari_robust_synth._napari.window.soon import soon
from napari_robust_synth.pictures import encode, files
from napari_robust_synth.pictures.embedded import SUFFIXES
from napari_robust_synth.pictures.origin import anchored, seen_from
from napari_robust_synth.pictures.stacks import SUFFIXES as STACKS
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.recipes import Recipes

NO_LAYERS: list[Any] = [(None,)]


def recipe_reader(path: str | list[str]) -> Callable[[str | list[str]], list[Any]] | None:
    """Return what opens a ``.recipe.json`` file: it fills the form of the dock, and adds the picture and the mask."""
    return None if isinstance(path, list) else open_recipe


def open_recipe(path: str | list[str]) -> list[Any]:
    """Fill the form of the dock with a recipe; what is wrong with it is shown in one line."""
    where = Path(str(path))
    viewer = opening_viewer()
    window = getattr(viewer, "window", None)
    try:
        if window is None:
            raise ValueError(f"{where} needs napari's window: open it there, or use napari-robust-synth replay")
        recipes = Recipes.read(where).each(lambda recipe: anchored(recipe, where.parent))
    except ValueError as error:
        show_error(str(error))
        return NO_LAYERS
    soon(window._qt_window, partial(_edit, viewer, recipes, where))
    return NO_LAYERS


def _edit(viewer: Any, recipes: Recipes, path: Path) -> None:
    recipe_dialog(viewer).take_file(recipes, path.name)


def write_picture(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """Write an image layer as napari does, but a result as PNG or TIFF with its recipe inside, exactly.

    Which of several writers napari's dialog proposes depends on the order of the installed packages. So this one may be
    asked for any image and any name, and leaves to napari what it has nothing to add to.

    Raises
    ------
    OSError
        When the format can't hold the picture, or the file can't be written; napari takes a ValueError for "no such
        writer".
    """
    where, name = Path(path), repr(meta.get("name", "the layer"))
    if not where.suffix:
        where = where.with_name(f"{where.name}.tif")  # as napari has it
    try:
        recipes = recipes_in(meta.get("metadata", {}))
        pixels = None if recipes is None else _pixels(data, meta, name, where)
    except ValueError as error:
        show_warning(f"{where.name} has no recipe inside: {error}")
        recipes = pixels = None
    if recipes is None or pixels is None:
        written = napari_write_image(str(where), data, meta)
        return [] if written is None else [written]
    rgb = bool(meta.get("rgb"))
    try:
        files.check_folder(where.parent)
        beside = recipes.each(lambda recipe: seen_from(recipe, where.parent))
        one = pixels.ndim == (3 if rgb else 2)
        content = encode.encode(where, pixels, None, beside) if one else encode_stack(where, pixels, rgb, beside)
        files.write_all({where: content})
    except ValueError as error:
        raise OSError(str(error)) from None
    return [str(where)]


def _pixels(data: Any, meta: dict[str, Any], name: str, where: Path) -> Array:
    """Return the picture, or the stack of pictures, without axes one long."""
    if where.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{where.suffix} can't carry one, save it as .png or .tif")
    if meta.get("multiscale"):
        raise ValueError(f"{name} has several scales, expected one")
    pixels, axes = np.asarray(data), 3 if meta.get("rgb") else 2
    picture, several = pixels.shape[-axes:], [length for length in pixels.shape[:-axes] if length != 1]
    if several and where.suffix.lower() not in STACKS:
        raise ValueError(f"{name} has the shape {pixels.shape}, which {where.suffix} can't hold: save it as .tif")
    return pixels.reshape(*several, *picture)
