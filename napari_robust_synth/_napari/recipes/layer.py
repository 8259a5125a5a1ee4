"""Recipes on layers: those that runs left there, and those that picture files bring along."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from napari.layers import Image
from superqt.utils import FunctionWorker

from napari_robust_synth._napari.layers.recipes import recipes_part
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.running.words import named
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.pictures.embedded import SUFFIXES, embedded
from napari_robust_synth.pictures.origin import anchored
from napari_robust_synth.tasks import recipes as kinds
from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipes import Recipes


def recipes_in(metadata: Mapping[str, Any]) -> Recipes | None:
    """Return the recipes in a layer's metadata, or None.

    Raises
    ------
    ValueError
        When they are damaged.
    """
    raw = _entry(metadata)
    waiting = isinstance(raw, Mapping) and raw.get(kinds.RESULTS) == []  # a series before its first result
    return None if raw is None or waiting else Recipes.from_dict(raw)


def outline(layer: Any) -> tuple[Any, Any]:
    """Return what is another one once a layer has other recipes; these are not read, which takes long where many are.

    The lists are copied: a series adds to its own.
    """
    raw = _entry(layer.metadata) if isinstance(layer, Image) else None
    if not isinstance(raw, Mapping):
        return layer, raw
    return layer, {key: list(value) if isinstance(value, list) else value for key, value in raw.items()}


def look_into_file(layer: Any) -> FunctionWorker[tuple[Image, Recipes | None]] | None:
    """Return a worker that looks whether the file of a new image carries recipes; None if there is nowhere to look.

    Napari's own readers open pictures: a reader of ours for PNG and TIFF would make it ask, for every picture, which
    to take.
    """
    if not isinstance(layer, Image) or layer.source.path is None:
        return None
    path = Path(layer.source.path)
    if path.suffix.lower() not in SUFFIXES or recipes_in_layer_or_none(layer) is not None:
        return None
    return background(_carried, layer, path)


def recipes_in_layer_or_none(layer: Image) -> Recipes | None:
    """Return the recipes of a layer; None also where they are damaged."""
    try:
        return recipes_in(layer.metadata)
    except ValueError:
        return None


def shown_number(recipes: Recipes | None, layer: Image | None, world: World) -> int | None:
    """Return which of several results a stack shows; None where that is not known or none of them, or there is one."""
    if recipes is None or recipes.kind != kinds.RESULTS or layer is None or layer.ndim < 3:
        return None
    count, cells = len(recipes.numbered), layer.data.shape[0]
    original = cells > count and "image" in TASKS[recipes.first.task].needs  # comes first where edits are side by side
    number = round(float(world.position(layer)[0])) - original
    return number if cells >= count > 1 and 0 <= number < count else None


def words(recipes: Recipes) -> str:
    """Say what recipes do, in two lines."""
    first = recipes.first
    what = first.label or named(", ".join(f"feature {n}" for n in first.features), first.model_sha256)
    if first.palette:
        what = f"{len(first.palette)} labels"
    if recipes.kind == kinds.RESULTS:
        what = f"{len(recipes.numbered)} results, each another {recipes.axis}"
    elif recipes.kind != kinds.WHOLE:
        what += f" · {len(recipes.numbered)} {recipes.kind}"
    how = [f"{first.last_step} steps", f"seed {first.seed}", f"{first.size} px", Path(first.model).name]
    if first.live:
        how.append("painted live")
    elif first.changes:
        how.append("changed while it ran")
    name = first.image.get("path") if first.image else None
    of = f" · of {Path(name).name}" if isinstance(name, str) else ""
    return f"{TASKS[first.task].name.capitalize()} · {what}{of}\n{' · '.join(how)}"


def _entry(metadata: Mapping[str, Any]) -> Any:
    return next(iter(recipes_part(metadata).values()), None)


def _carried(layer: Image, path: Path) -> tuple[Image, Recipes | None]:
    try:
        found = embedded(path)
    except ValueError:  # a damaged recipe is no reason to say anything about a picture that opened
        return layer, None
    return layer, None if found is None else found.each(lambda recipe: anchored(recipe, path.parent))
