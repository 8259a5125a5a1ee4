"""One piece of work after the other on a recipe, in the background: the part of its dialog that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from napari.layers import Image
from napari.utils.notifications import show_error
from qtpy.QtCore import QEvent

from napari_robust_synth._napari.inputs.panels import editable
from napari_robust_synth._napari.recipes.jobs import CANCELLED, RecipeJob, Work
from napari_robust_synth._napari.recipes.layer import outline, recipes_in, words
from napari_robust_synth._napari.recipes.save import ask_and_save
from napari_robust_synth._napari.recipes.slices import find_slices
from napari_robust_synth._napari.recipes.source import Check, Places, find
from napari_robust_synth._napari.recipes.view import RecipeView
from napari_robust_synth._napari.window.listening import listen
from napari_robust_synth._napari.window.one_by_one import nothing
from napari_robust_synth._napari.window.worker_errors import RunError, explained
from napari_robust_synth.pictures.folders import Done
from napari_robust_synth.tasks.recipes import SLICES, Recipes

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock


class RecipeDesk(RecipeView):
    """Follows the selected layer, and is empty where that has none; a file's recipe stays until there is another."""

    def __init__(self, dock: SynthesisDock) -> None:
        super().__init__(dock, lambda: [layer for layer in dock.viewer.layers if editable(layer)])
        self.dock, self.viewer = dock, dock.viewer
        self.recipes: Recipes | None = None
        self.layer: Image | None = None
        self.name = ""
        self.job: RecipeJob | None = None
        self._seen: tuple[Any, Any] | None = None
        self._done: Callable[[Any], None] = nothing
        for signal in (self.cancel_button.clicked, self.finished):  # which comes with Escape, too
            signal.connect(self.cancel)
        self.picture_button.clicked.connect(lambda: ask_and_save(self.layer, self))
        listen(self, self.viewer.layers.selection.events.active, self.follow)
        for event in (self.viewer.layers.events.inserted, self.viewer.layers.events.removed):
            listen(self, event, lambda _: self.on.reset_choices())
        self.follow()

    def take(self, recipes: Recipes, name: str) -> None:
        """Show recipes."""
        self.recipes, self.name, self.layer, self._seen = recipes, name, None, None
        self._refresh()

    def take_selected(self) -> None:
        """Show the recipe of the selected layer, or none, and no longer that of a file."""
        if self.job is None:
            self.recipes, self.name, self.layer, self._seen = None, "", None, None
        self.follow()

    def cancel(self) -> None:
        """End what is under way."""
        if self.job is not None:
            self.job.cancel.set()
            self.status.setText("Ending…")

    def event(self, event: QEvent | None) -> bool:
        """Look again when a user comes to the dialog: a run or an undo may have given the layer another recipe."""
        if event is not None and event.type() == QEvent.Type.WindowActivate:
            self.follow()
        return bool(super().event(event))

    def follow(self, event: Any = None) -> None:
        """Show the recipe of the selected layer, or none."""
        layer = self.viewer.layers.selection.active
        if self.job is None and (seen := outline(layer)) != self._seen:
            self._seen = seen
            self._read(layer)
        self._refresh()

    def _read(self, layer: Any) -> None:
        recipes = None
        try:
            recipes = recipes_in(layer.metadata) if isinstance(layer, Image) else None
        except ValueError as error:
            self.status.setText(f"{layer.name}: {error}")
        if recipes is not None:
            self.recipes, self.layer = recipes, layer
        elif self.layer is not None:
            self.recipes, self.name, self.layer = None, "", None

    def _refresh(self) -> None:
        if self.layer is not None:
            self.name = self.layer.name
        about = "" if self.recipes is None else words(self.recipes)
        self.show_recipe(self.name, about, picture=self.layer is not None, busy=self.job is not None)

    def _start(self, work: Work, done: Callable[[Any], None], status: str) -> RecipeJob | None:
        if self.job is not None:
            show_error("A recipe is at work: wait, or cancel that first")
            return None
        self._done = done
        self.job = RecipeJob(work, self)
        self.destroyed.connect(self.job.cancel.set)
        self.job.moved.connect(self.show_progress)
        self.job.told.connect(self._told)
        self.job.ended.connect(self._ended)
        self.status.setText(status)
        self.show_progress(0, 0)
        self._refresh()
        self.job.start()
        return self.job

    def _find(self, done: Callable[..., None], *also: Callable[[Check], Any]) -> None:
        """Look for the picture of the recipe, and what else is needed; then go on with all, unless it was cancelled."""
        recipes = self.recipes
        if recipes is None:
            return
        places = Places.of(self.viewer, recipes.first)

        def work(this: RecipeJob) -> list[Any]:
            check, several = this.check, recipes.kind == SLICES
            found = find_slices(recipes, places, check) if several else find(recipes.first, places, check)
            found = None if found is None else found.with_channels(recipes.first)
            return [found, *(look(check) for look in also)]

        def go_on(outcome: list[Any]) -> None:
            if job is not None and not job.cancel.is_set():
                done(recipes, *outcome)
            else:
                self.status.setText(CANCELLED)

        job = self._start(work, go_on, "Looking for the picture…")

    def _told(self, outcome: Done) -> None:
        note = f", {outcome.note}" if outcome.note else ""
        self.log.appendPlainText(f"{outcome.path.name}: {f'done{note}' if outcome.result else outcome.reason}")

    def _ended(self, outcome: Any, error: str) -> None:
        done, self._done, self.job = self._done, nothing, None  # what is done holds the pictures it was done with
        self.show_progress(0, 1)
        if not error:
            try:
                with explained():
                    done(outcome)
            except (ValueError, RunError) as wrong:
                error = str(wrong)
        if error:
            self.status.setText(error)
        if error not in ("", CANCELLED):
            show_error(error)
        self.follow()
