"""The recipe of a result: saved, copied, edited, replayed; what it does is in `recipe_jobs` and `recipe_edit`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari.layers import Image
from napari.utils.notifications import show_error
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.views import check_view
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes.desk import RecipeDesk
from napari_robust_synth._napari.recipes.edit import fill
from napari_robust_synth._napari.recipes.jobs import replay_folder
from napari_robust_synth._napari.recipes.layer import shown_number
from napari_robust_synth._napari.recipes.masks import Marks, find_marks, label_layers
from napari_robust_synth._napari.recipes.recipe_file import save
from napari_robust_synth._napari.recipes.request import Replay
from napari_robust_synth._napari.recipes.result import Replayed
from napari_robust_synth._napari.recipes.save import unasked
from napari_robust_synth._napari.recipes.slices import plane_for
from napari_robust_synth._napari.recipes.source import NOT_FOUND, Found
from napari_robust_synth._napari.recipes.text import command_line, python_code
from napari_robust_synth._napari.recipes.view import OWN
from napari_robust_synth._napari.running.landing import edit_of
from napari_robust_synth.pictures.files import RECIPE_SUFFIX
from napari_robust_synth.tasks.recipes import RESULTS, Recipes

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock

RUNNING = "A run is under way: stop it first"
LATER = "A run is under way: when it has ended, press “Edit in the dock” to fill the form"
INCOMPLETE = ", for other pictures only: its own was not found"
Use = Callable[[Recipes, Path], str]
"""What is done with a recipe file that is there, and what is said of it then."""


class RecipeDialog(RecipeDesk):
    """Save, copy, edit and replay the recipe of a result."""

    def __init__(self, dock: SynthesisDock) -> None:
        super().__init__(dock)
        self._saved: dict[bytes, tuple[Path, str]] = {}
        self.save_button.clicked.connect(lambda: self._ask_where(lambda _, path: f"Saved {path.name}"))
        self.command_button.clicked.connect(lambda: self._with_file(self._copy_command))
        self.python_button.clicked.connect(lambda: self._with_file(self._copy_python))
        self.edit_button.clicked.connect(lambda: self.edit())
        self.replay_button.clicked.connect(lambda: self.replay())
        self.folder_button.clicked.connect(lambda: self.ask_for_folders())

    def take_file(self, recipes: Recipes, name: str) -> None:
        """Show the recipes of a file, and fill the dock's form with them; while a run is under way, offer to."""
        self.take(recipes, name)
        if self.dock.session is None:
            self.edit()
            return
        self.status.setText(LATER)
        self.show()
        self.raise_()

    def edit(self) -> None:
        """Fill the dock's form."""
        if self.dock.session is not None:
            show_error(RUNNING)
            return
        recipes = self.recipes
        if recipes is None:
            return
        shown = shown_number(recipes, self.layer, World.of(self.viewer.dims))
        led, layers = recipes if shown is None else recipes.led_by(shown), label_layers(self.viewer)
        self._find(lambda _, *outcome: self._fill(led, *outcome), lambda check: find_marks(led, layers, check))

    def _fill(self, recipes: Recipes, found: Found | None, marks: Marks | None) -> None:
        if self.dock.session is not None:
            raise ValueError(RUNNING)
        said = fill(self.dock, recipes, found, marks)
        self.status.setText(said)
        self.dock.status.setText(said)

    def replay(self) -> None:
        """Make the recipe again, on its own picture or on the layer that is chosen."""
        layer, recipes = self.on.value, self.recipes
        if recipes is None:
            return
        if layer == OWN:
            self._find(self._replay_own)
            return
        if recipes.first.image is None:
            show_error(f"{recipes.first.task} starts from no picture: choose {OWN!r} to make it again")
            return
        try:
            check_view(layer, self.viewer.dims)
            self._make(Replay.of(recipes, plane_for(recipes, layer, World.of(self.viewer.dims))))
        except ValueError as error:
            show_error(str(error))

    def _replay_own(self, recipes: Recipes, found: Found | None) -> None:
        if found is None and recipes.first.image is not None:
            raise ValueError(NOT_FOUND)
        own = None if found is None else found.pixels
        self._make(Replay.of(recipes, None if found is None else found.plane, own))

    def _make(self, request: Replay) -> None:
        self._start(lambda job: request.make(job.tick), partial(self._add, request), "Replaying…")

    def _add(self, request: Replay, made: Replayed) -> None:
        layer = Image(made.data, **made.look)
        self.viewer.layers.append(layer)
        keeper = keeper_of(self.viewer)
        if made.recipes.kind != RESULTS:
            origin = request.source.layer if request.source and request.edits else None
            into = request.destination
            keeper.record(layer, made.before, made.data, edit_of(made.recipes), origin, into, alone=True)
        said, before = "; ".join(filter(None, ("Done: the result is a new layer", made.note))), self.status.text()

        def say(_: None) -> None:
            if self.job is None and self.status.text() == before:  # and not over what has been said meanwhile
                self.status.setText(said)

        keeper.jobs.add(lambda: None, say)  # once it can be undone

    def ask_for_folders(self) -> None:
        """Ask for a folder of pictures, and for one for the results."""
        if self.recipes is None:
            return
        if self.recipes.first.image is None:
            show_error(f"{self.recipes.first.task} starts from no picture: there is nothing to do to a folder")
            return
        folder = QFileDialog.getExistingDirectory(self, "The pictures")
        out = folder and QFileDialog.getExistingDirectory(self, "Where the results go", folder)
        if out:
            self.replay_folder(Path(folder), Path(out))

    def replay_folder(self, folder: Path, out: Path) -> None:
        """Do the same to all pictures of a folder."""
        recipes = self.recipes
        if recipes is not None:
            self.log.clear()
            self.log.show()
            self._start(lambda job: replay_folder(recipes, folder, out, job), self.status.setText, "Replaying…")

    def _with_file(self, use: Use) -> None:
        recipes = self.recipes
        known = None if recipes is None else self._saved.get(recipes.to_bytes())
        if recipes is not None and known is not None and known[0].exists():
            path, lack = known
            self.status.setText(use(recipes, path) + lack)
        else:
            self._ask_where(use)

    def _ask_where(self, use: Use) -> None:
        name = f"{self.name.removesuffix(RECIPE_SUFFIX)}{RECIPE_SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the recipe", name, f"Recipes (*{RECIPE_SUFFIX})")
        if not chosen:
            return
        path = Path(chosen.removesuffix(".json").removesuffix(".recipe") + RECIPE_SUFFIX)
        if not unasked(chosen, path):
            self._find(lambda recipes, found: self._save(recipes, found, path, use))

    def _save(self, recipes: Recipes, found: Found | None, path: Path, use: Use) -> None:
        def done(outcome: tuple[Path, bool]) -> None:
            lack = "" if outcome[1] else INCOMPLETE
            others = {key: known for key, known in self._saved.items() if known[0] != path}
            self._saved = {**others, recipes.to_bytes(): (path, lack)}
            self.status.setText(use(recipes, path) + lack)

        self._start(lambda job: save(recipes, found, path, job.check), done, "Saving…")

    def _copy_command(self, recipes: Recipes, path: Path) -> str:
        return self._copy(command_line(recipes, path), "the command line")

    def _copy_python(self, _: Recipes, path: Path) -> str:
        return self._copy(python_code(path), "the Python")

    def _copy(self, text: str, what: str) -> str:
        board = QGuiApplication.clipboard()
        if board is not None:
            board.setText(text)
        return f"Copied {what}: it uses the recipe file"
