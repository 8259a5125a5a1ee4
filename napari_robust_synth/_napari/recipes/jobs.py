"""What a recipe's dialog does in the background, one job at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.recipes.request import usable
from napari_robust_synth._napari.recipes.source import Check, Found
from napari_robust_synth._napari.running.loading import prepare_torch
from napari_robust_synth._napari.running.runner import PAUSE_SECONDS
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.models.cancel import Cancelled
from napari_robust_synth.pictures import encode, files
from napari_robust_synth.pictures.folders import pictures_in
from napari_robust_synth.pictures.origin import own_pixels, seen_from
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.recipe import pixel_hash
from napari_robust_synth.tasks.recipes import SLICES, Recipes

CANCELLED = "Cancelled"
Work = Callable[["RecipeJob"], Any]


class RecipeJob(QObject):
    """Something done in the background.

    The signal ``moved`` says how far it is, in steps, and of how many; ``told`` is for what comes on the way;
    ``ended`` comes once, with what came of it, and what went wrong in one line, or "".
    """

    moved = Signal(int, int)
    told = Signal(object)
    ended = Signal(object, str)

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)  # which keeps it: the last to hold the worker may be another thread
        self.cancel = Event()
        self._shown = 0.0
        self._outcome: tuple[Any, str] = (None, CANCELLED)
        self._work: Work | None = work
        self.worker = background(self._run)
        self.worker.returned.connect(self._returned)
        self.worker.errored.connect(self._errored)
        self.worker.finished.connect(self._finished)

    def start(self) -> None:
        """Begin."""
        self.worker.start()

    def check(self) -> None:
        """End it once it was cancelled."""
        if self.cancel.is_set():
            raise Cancelled

    def tick(self, step: int, steps: int) -> None:
        """Say how far it is; ends it once it was cancelled."""
        self.check()
        now = time.perf_counter()
        if now - self._shown >= PAUSE_SECONDS:
            self._shown = now
            self.moved.emit(step, steps)

    def _run(self) -> Any:
        work, self._work = self._work, None  # it holds all that is searched, and this may live longer
        assert work is not None
        return work(self)

    def _returned(self, outcome: Any) -> None:
        self._outcome = outcome, ""

    def _errored(self, error: Exception) -> None:
        self._outcome = None, CANCELLED if isinstance(error, Cancelled) else str(error) or type(error).__name__

    def _finished(self, _: None = None) -> None:
        outcome, self._outcome = self._outcome, (None, CANCELLED)
        self.ended.emit(*outcome)
        self.deleteLater()


def replay_folder(recipes: Recipes, folder: Path, out: Path, job: RecipeJob) -> str:
    """Do the same to all pictures of a folder; each is told when it is done."""
    if folder.resolve() == out.resolve():
        raise ValueError(f"{out} holds the pictures: choose another folder for the results")
    pictures = pictures_in(folder)
    files.check_folder(out)
    usable(recipes.first.model, recipes.first.device)
    failed, done = 0, 0

    def tick(step: int, steps: int) -> None:
        job.tick(1000 * done + 1000 * step // max(steps, 1), 1000 * len(pictures))

    for outcome in replay_each(recipes, lambda recipe: usable(recipe.model, recipe.device), pictures, out, tick):
        done, failed = done + 1, failed + (outcome.result is None)
        job.told.emit(outcome)
    return f"{done - failed} of {len(pictures)} pictures done" + (f", {failed} failed" if failed else "")


def save(recipes: Recipes, found: Found | None, path: Path, check: Check) -> tuple[Path, bool]:
    """Write a recipe file, and the picture beside it unless that is a file already; say if it can be replayed.

    Once it was cancelled nothing is written.
    """
    prepare_torch()
    folder = path.parent
    files.check_folder(folder)
    data = {}
    whole = recipes.first.image is None or _is_file(recipes)
    if not whole and found is not None:
        source = _beside(path)
        recipes, data[source] = _with_source(recipes, found.pixels, source)
        whole = True
    check()
    files.write_all({path: recipes.each(lambda recipe: seen_from(recipe, folder)).to_bytes(), **data})
    return path, whole


def _beside(recipe: Path) -> Path:
    """Return where the picture goes: over that of the recipe that is replaced, but over no other file."""
    name, replaced = recipe.name.removesuffix(files.RECIPE_SUFFIX), ""
    if recipe.exists():
        replaced = recipe.read_text(encoding="utf-8", errors="replace")
    numbered = (f"{name}.source-{n}.tif" for n in count(2))
    paths = map(recipe.with_name, chain([f"{name}.source.tif"], numbered))
    return next(path for path in paths if not path.exists() or f'"{path.name}"' in replaced)


def _with_source(recipes: Recipes, pixels: Array, source: Path) -> tuple[Recipes, bytes]:
    """Return recipes of a file beside them, and that file."""
    pixels = np.asarray(pixels, pixels.dtype.newbyteorder("="))  # as it will be read back
    named, cut = {"path": str(source.resolve()), "of": "pixels"}, recipes.cut_out() if recipes.kind == SLICES else None
    if cut is None:
        known = {name: value for name, value in (recipes.first.image or {}).items() if name not in ("index", "part")}
        image = known | named | {"sha256": pixel_hash(pixels)}
        return recipes.each(lambda recipe: replace(recipe, image=image)), encode.encode(source, pixels)
    numbered = []
    for number, recipe in cut.numbered:
        own = pixel_hash(pixels[(number, *cut.where(recipe))])
        numbered.append((number, replace(recipe, image={**(recipe.image or {}), **named, "sha256": own})))
    return replace(cut, numbered=tuple(numbered)), encode_stack(source, pixels, pixels.ndim == 4)


def _is_file(recipes: Recipes) -> bool:
    try:
        own_pixels(recipes, Path.cwd())
    except ValueError:
        return False
    return True
