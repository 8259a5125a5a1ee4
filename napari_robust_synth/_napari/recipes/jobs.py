"""What a recipe's dialog does in the background, one job at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.recipes.request import usable
from napari_robust_synth._napari.running.runner import PAUSE_SECONDS
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.models.cancel import Cancelled
from napari_robust_synth.pictures import files
from napari_robust_synth.pictures.folders import pictures_in
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.tasks.recipes import Recipes

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
