"""What a recipe file holds: how a picture was made, or how each object in it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipe import Recipe, read_json

OBJECTS = "objects"


@dataclass(frozen=True)
class Recipes:
    """One recipe of a whole picture, or one for each of its objects.

    Parameters
    ----------
    numbered : tuple of (int, Recipe)
        The number of each object and its recipe; 0 for the whole picture.
    """

    numbered: tuple[tuple[int, Recipe], ...]

    @property
    def first(self) -> Recipe:
        """The recipe, of several the first: they share all but the mask."""
        return self.numbered[0][1]

    @property
    def of_objects(self) -> bool:
        """Whether each object has its own."""
        return self.numbered[0][0] != 0

    def each(self, change: Callable[[Recipe], Recipe]) -> Recipes:
        """Return the same with every recipe changed."""
        return Recipes(tuple((number, change(recipe)) for number, recipe in self.numbered))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        if not self.of_objects:
            return self.first.to_dict()
        return {"format": 1, OBJECTS: [{"object": n, "recipe": r.to_dict()} for n, r in self.numbered]}

    def to_bytes(self) -> bytes:
        """Return what a recipe file holds."""
        return (json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n").encode()

    @classmethod
    def from_dict(cls, raw: Any) -> Recipes:
        """Read back what `to_dict` gave.

        Raises
        ------
        ValueError
            When it is no recipe of this format, or of a task that is not known.
        """
        several = isinstance(raw, dict) and OBJECTS in raw
        found = cls(_objects(raw) if several else ((0, Recipe.from_dict(raw)),))
        if found.first.task not in TASKS:
            raise ValueError(f"the recipe's task {found.first.task!r} is unknown: expected {', '.join(TASKS)}")
        return found

    @classmethod
    def read(cls, path: Path) -> Recipes:
        """Read a ``.recipe.json`` file.

        Raises
        ------
        ValueError
            When it is missing or not a recipe.
        """
        return read_json(path, cls.from_dict)


def _objects(raw: dict[str, Any]) -> tuple[tuple[int, Recipe], ...]:
    listed = raw[OBJECTS]
    if raw.get("format") != 1 or not isinstance(listed, list) or not listed:
        raise ValueError("not the recipes of objects, format 1: expected a list with an object and a recipe in each")
    found = []
    for entry in listed:
        number = entry.get("object") if isinstance(entry, dict) else None
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ValueError(f"an object of the recipe has the number {number!r}, expected 1 or more")
        recipe = Recipe.from_dict(entry.get("recipe"))
        if recipe.mask is None or recipe.live:
            raise ValueError(f"object {number} of the recipe has no mask: expected its own pixels")
        found.append((number, recipe))
    return tuple(found)
