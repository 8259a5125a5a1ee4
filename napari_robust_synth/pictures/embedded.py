"""Recipes inside picture files: as text in a PNG, as part of the description in a TIFF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

import tifffile
from PIL import Image, PngImagePlugin

from napari_robust_synth.pictures.decode import PNG_MAGIC, TIFF_MAGIC
from napari_robust_synth.tasks.recipes import Recipes

KEY = "robust_synthesis"
SUFFIXES = (".png", ".tif", ".tiff")
LONGEST = 32 * 2**20
"""So many bytes a recipe in a picture may have; readers of PNG give up a little beyond."""


def as_text(recipes: Recipes, name: str) -> str:
    """Return recipes as they are put into the picture ``name``: ASCII, since a PNG's plain text holds no more.

    Raises
    ------
    ValueError
        When they are too long.
    """
    text = json.dumps(recipes.to_dict(), separators=(",", ":"))
    if len(text) > LONGEST:
        raise ValueError(f"the recipe has {len(text):,} bytes, {name} holds at most {LONGEST:,}: save it beside")
    return text


def png_options(text: str) -> dict[str, Any]:
    """Return what Pillow needs to put a text into a PNG."""
    info = PngImagePlugin.PngInfo()
    info.add_text(KEY, text)
    return {"pnginfo": info}


def tiff_options(text: str) -> dict[str, Any]:
    """Return what tifffile needs to put a text into a TIFF."""
    return {"metadata": {KEY: text}}


def embedded(path: Path) -> Recipes | None:
    """Return the recipes that a picture file carries; None when it carries none, or is no PNG or TIFF.

    Raises
    ------
    ValueError
        When the file can't be read, or what it carries is damaged.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ValueError(f"{path} can't be read ({error.strerror})") from None
    try:
        with file:
            start = file.read(8)
            file.seek(0)
            text = _png_text(file) if start == PNG_MAGIC else _tiff_text(file) if start[:4] in TIFF_MAGIC else None
    except MemoryError:
        raise
    except Exception as error:  # damaged files raise all kinds
        raise ValueError(f"{path} can't be read: {error or type(error).__name__}") from None
    if not isinstance(text, str):
        return None
    try:
        return Recipes.from_dict(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the recipe in {path} is damaged: {error}") from None


def read_recipes(path: Path) -> Recipes:
    """Read the recipes in a ``.recipe.json`` file, or in a picture.

    Raises
    ------
    ValueError
        When there are none.
    """
    if path.suffix.lower() not in SUFFIXES:
        return Recipes.read(path)
    found = embedded(path)
    if found is None:
        raise ValueError(f"{path} carries no recipe: expected a PNG or TIFF saved with one, or a .recipe.json file")
    return found


def _png_text(file: BinaryIO) -> Any:
    with Image.open(file, formats=("PNG",)) as picture:
        return picture.info.get(KEY)


def _tiff_text(file: BinaryIO) -> Any:
    with tifffile.TiffFile(file) as picture:
        return next((found[KEY] for found in picture.shaped_metadata or () if KEY in found), None)
