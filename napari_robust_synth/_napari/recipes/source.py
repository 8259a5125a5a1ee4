"""The picture that a recipe was made from: an open layer, an earlier state of one, or a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.layers import Image

from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.planes import LARGEST, Plane, read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes.channels import Told, colour_planes, own_values, told
from napari_robust_synth.pictures.encode import FORMATS
from napari_robust_synth.pictures.origin import box_of, own_picture
from napari_robust_synth.tasks.recipe import Recipe, pixel_hash

if TYPE_CHECKING:
    from napari_robust_synth.history.tree import History

Check = Callable[[], None]
"""Raises `Cancelled` once a user wants no more of it."""
NOT_FOUND = "the picture it was made from is neither open nor where the recipe says: open it, or choose another one"


@dataclass(frozen=True)
class Found:
    """A recipe's picture: its pixels, and the plane that shows it; ``file`` where it is read from a file.

    ``channels`` are there where it was seen in three.
    """

    pixels: Array
    plane: Plane | None = None
    file: Path | None = None
    channels: Sequence[tuple[Told, Array]] = ()

    def with_channels(self, recipe: Recipe) -> Found:
        """Return the same with the channels; call it in a worker."""
        return replace(self, channels=own_values(self.pixels, told(recipe.image)))


@dataclass(frozen=True)
class Places:
    """Where to look, as it was when the question came up."""

    planes: Sequence[Plane]
    pasts: Sequence[tuple[History, Array]]

    @classmethod
    def of(cls, viewer: Any, recipe: Recipe) -> Places:
        """Return the planes that may be a recipe's picture, and the histories of all layers."""
        index, world = index_of(recipe), World.of(viewer.dims)
        channels = told(recipe.image)
        planes: list[Plane] = list(colour_planes(viewer.layers, channels, world)) if channels else []
        for layer in viewer.layers:
            if not channels and isinstance(layer, Image) and layer.ndim == len(index) + 2:
                with suppress(ValueError):  # it has no such plane
                    planes.append(read_plane(layer, world.at(layer, (*index, 0, 0))))
        return cls(planes, [(t.history, t.picture) for t in keeper_of(viewer).timelines.values()])


def index_of(recipe: Recipe) -> tuple[int, ...]:
    """Return which plane of a stack a recipe is of."""
    index = (recipe.image or {}).get("index") or ()
    whole = isinstance(index, list | tuple) and all(isinstance(i, int) for i in index)
    return tuple(index) if whole else ()


def file_of(recipe: Recipe) -> Path | None:
    """Return the picture file that a recipe names, if there is one.

    Nothing else is ever opened: napari runs files of some types.
    """
    name = (recipe.image or {}).get("path")
    path = Path(name) if isinstance(name, str) and "://" not in name else None
    return path if path is not None and path.suffix.lower() in FORMATS and path.is_file() else None


def find(recipe: Recipe, places: Places, check: Check) -> Found | None:
    """Look for a recipe's picture by its hash; call it in a worker. ``check`` is called at each that may be it."""
    if recipe.image is None:
        return None
    expected, file = recipe.image.get("sha256"), None
    with suppress(ValueError):
        own = own_picture(recipe, Path.cwd())
        file = None if own is None else Found(own.pixels, None, own.path)
    if file is not None:
        expected = pixel_hash(file.pixels)
    elif recipe.image.get("of") != "pixels":
        return None
    for plane in places.planes:
        check()
        pixels = _seen(plane, recipe)
        if pixels is not None and pixel_hash(pixels) == expected:
            return replace(file, plane=plane) if file else Found(pixels, plane)
    axes = len(index_of(recipe))
    for history, picture in places.pasts:
        with suppress(ValueError):  # it was changed in place: there is no way back
            if (past := _past(history, picture, axes, str(expected), check)) is not None:
                return Found(past)
    return file


def _past(history: History, picture: Array, axes: int, expected: str, check: Check) -> Array | None:
    """Return the earlier state that has a hash; a slice is looked at without the axes it has in its layer."""
    for number, entry in history.entries.items():
        check()
        if not axes and entry.digest == expected:
            return history.picture(picture, number)
        if axes and set(picture.shape[:axes]) == {1}:
            past = history.picture(picture, number)
            if pixel_hash(past := past.reshape(past.shape[axes:])) == expected:
                return past
    return None


def _seen(plane: Plane, recipe: Recipe) -> Array | None:
    part = (recipe.image or {}).get("part")
    if part is None:
        return plane.pixels() if max(plane.shape) <= LARGEST else None
    try:
        top, left, bottom, right = box_of(part, plane.shape)
    except ValueError:
        return None
    return plane.pixels((slice(top, bottom), slice(left, right)))
