"""The file that a copied command or Python names: the recipe that was meant, and nothing written over unasked."""

from dataclasses import replace
from pathlib import Path

import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth.tasks.recipes import Recipes
from tests.napari.conftest import errors

from .conftest import press_in


def seeded(viewer: Viewer, dialog: RecipeDialog, seed: int) -> None:
    """Let the selected result have the same recipe with another seed."""
    metadata = viewer.layers.selection.active.metadata
    metadata[RECIPE] = {**metadata[RECIPE], "seed": seed}
    dialog.follow()


def test_a_file_that_was_written_over_is_no_longer_the_first_ones(
    saved: Path, dialog: RecipeDialog, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded(viewer, dialog, 9)
    press_in(qtbot, dialog, "save_button")
    seeded(viewer, dialog, 0)
    first = saved.with_name("first.recipe.json")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(first), ""))
    press_in(qtbot, dialog, "command_button")
    assert first.name in QGuiApplication.clipboard().text()
    assert [Recipes.read(path).first.seed for path in (saved, first)] == [9, 0]
    seeded(viewer, dialog, 9)
    press_in(qtbot, dialog, "command_button")
    assert saved.name in QGuiApplication.clipboard().text(), "that one is still there"


def test_that_the_picture_was_not_found_stays_said(
    dialog: RecipeDialog, viewer: Viewer, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = dialog.recipes.each(lambda recipe: replace(recipe, image={**recipe.image, "sha256": "0" * 64}))
    viewer.layers.selection.active = viewer.layers["photo"]
    dialog.take(lost, "church")
    asked = [str(folder / "church.recipe.json")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (asked.pop(), ""))
    for button, what in (("command_button", "the command line"), ("python_button", "the Python")):
        press_in(qtbot, dialog, button)
        warning = "for other pictures only: its own was not found"
        assert dialog.status.text() == f"Copied {what}: it uses the recipe file, {warning}"
        assert "church.recipe.json" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("typed", ["church", "church.recipe", "church.json"])
def test_a_name_that_was_not_asked_about_is_not_written_over(
    saved: Path, dialog: RecipeDialog, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    seeded(viewer, dialog, 9)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(saved.with_name(typed)), ""))
    press_in(qtbot, dialog, "save_button")
    assert errors()[-1] == "church.recipe.json is already there: choose another name, or that one in full"
    assert Recipes.read(saved).first.seed == 0
    saved.unlink()
    press_in(qtbot, dialog, "save_button")
    assert Recipes.read(saved).first.seed == 9
