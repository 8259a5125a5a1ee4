"""What a recipe file holds: how a picture was made, or each object, each slice, each of several results."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from napari_robust_synth.tasks.base import TASKS
from napari_robust_synth.tasks.recipe import Recipe, read_json

WHOLE, OBJECTS, SLICES, RESULTS = "whole", "objects", "slices", "results"
"""What several recipes are of; the last three are keys of what they are listed under."""
ONE = {OBJECTS: "object", SLICES: "slice", RESULTS: "title"}
"""What tells one in the list from the others."""
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Recipes:
    """One recipe of a whole picture, or one for each of its objects, of the slices of a stack, of several results.

    Parameters
    ----------
    numbered : tuple of (int, Recipe)
        The number of each object or slice and its recipe; results are counted from 0, and so is the whole picture.
    kind : str
        ``whole``, ``objects``, ``slices`` or ``results``.
    axis : int or str, optional
        The axis of the stack that slices lie along, or what results differ in.
    titles : tuple of str
        What tells each result from the others.
    """

    numbered: tuple[tuple[int, Recipe], ...]
    kind: str = WHOLE
    axis: int | str | None = None
    titles: tuple[str, ...] = ()

    @property
    def first(self) -> Recipe:
        """The first recipe: objects share all but the mask with it, slices all but mask and place."""
        return self.numbered[0][1]

    @property
    def box(self) -> Box:
        """The smallest part of a slice that holds what was worked on in any."""
        parts = [recipe.image["part"] for _, recipe in self.numbered if recipe.image is not None]
        (top, left, _, _), (_, _, bottom, right) = np.min(parts, 0).tolist(), np.max(parts, 0).tolist()
        return top, left, bottom, right

    def where(self, recipe: Recipe) -> tuple[slice, slice]:
        """Return where in the box the part of a slice lies."""
        (top, left), part = self.box[:2], (recipe.image or {})["part"]
        return slice(part[0] - top, part[2] - top), slice(part[1] - left, part[3] - left)

    def cut_out(self) -> Recipes:
        """Return the recipes of slices for a stack that is no more than their box."""
        found = []
        for number, recipe in self.numbered:
            rows, columns = self.where(recipe)
            part = (rows.start, columns.start, rows.stop, columns.stop)
            image = {**(recipe.image or {}), "index": (number,), "part": part}
            found.append((number, replace(recipe, image=image)))
        return replace(self, numbered=tuple(found), axis=0)

    def led_by(self, number: int) -> Recipes:
        """Return the same results, of which this one is the first."""
        order = [number, *(i for i in range(len(self.numbered)) if i != number)]
        recipes = (self.numbered[i][1] for i in order)
        return replace(self, numbered=tuple(enumerate(recipes)), titles=tuple(self.titles[i] for i in order))

    def each(self, change: Callable[[Recipe], Recipe]) -> Recipes:
        """Return the same with every recipe changed."""
        return replace(self, numbered=tuple((number, change(recipe)) for number, recipe in self.numbered))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        if self.kind == WHOLE:
            return self.first.to_dict()
        names = self.titles if self.kind == RESULTS else [number for number, _ in self.numbered]
        pairs = zip(names, self.numbered, strict=True)
        listed = [{ONE[self.kind]: name, "recipe": recipe.to_dict()} for name, (_, recipe) in pairs]
        return {"format": 1, self.kind: listed} | ({} if self.axis is None else {"axis": self.axis})

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
        kind = next((kind for kind in ONE if isinstance(raw, dict) and kind in raw), None)
        found = cls(((0, Recipe.from_dict(raw)),)) if kind is None else _several(raw, kind)
        for _, recipe in found.numbered:
            if recipe.task not in TASKS:
                raise ValueError(f"the recipe's task {recipe.task!r} is unknown: expected {', '.join(TASKS)}")
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


def _several(raw: dict[str, Any], kind: str) -> Recipes:
    listed, axis = raw[kind], raw.get("axis")
    if raw.get("format") != 1 or not isinstance(listed, list) or not listed:
        one = ONE[kind]
        raise ValueError(f"not the recipes of {kind}, format 1: expected a list with {one} and recipe in each")
    entries = [entry if isinstance(entry, dict) else {} for entry in listed]
    names = [entry.get(ONE[kind]) for entry in entries]
    recipes = [Recipe.from_dict(entry.get("recipe")) for entry in entries]
    if kind == RESULTS:
        if not all(isinstance(name, str) for name in names) or not isinstance(axis, str):
            raise ValueError("the results of the recipe have no titles, or nothing says in what they differ")
        return Recipes(tuple(enumerate(recipes)), kind, axis, tuple(map(str, names)))
    numbered = tuple((_number(name, kind), recipe) for name, recipe in zip(names, recipes, strict=True))
    check = _check_object if kind == OBJECTS else _check_slice
    for number, recipe in numbered:
        check(number, recipe, axis)
    return Recipes(numbered, kind, axis)


def _number(name: Any, kind: str) -> int:
    least = 1 if kind == OBJECTS else 0
    if isinstance(name, bool) or not isinstance(name, int) or name < least:
        raise ValueError(f"one of the recipe's {kind} has the number {name!r}, expected {least} or more")
    return name


def _check_object(number: int, recipe: Recipe, _: Any) -> None:
    if recipe.mask is None or recipe.live:
        raise ValueError(f"object {number} of the recipe has no mask: expected its own pixels")


def _check_slice(number: int, recipe: Recipe, axis: Any) -> None:
    index, part = ((recipe.image or {}).get(name) or () for name in ("index", "part"))
    counted = all(isinstance(row, list | tuple) and all(type(n) is int for n in row) for row in (index, part))
    if not counted or type(axis) is not int or not 0 <= axis < len(index) or len(part) != 4 or index[axis] != number:
        raise ValueError(
            f"slice {number} of the recipe has the index {index!r}, the part {part!r} and the axis {axis!r}: "
            "expected its number at that axis, and top, left, bottom, right"
        )
    if recipe.live:
        raise ValueError(f"slice {number} of the recipe was painted live, which no slice of several is")
