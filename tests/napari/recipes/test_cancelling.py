"""Cancel ends a search before the next picture is looked at, and saving before anything is written."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes import source
from napari_robust_synth._napari.recipes.jobs import CANCELLED
from napari_robust_synth._napari.recipes.slices import find_slices
from napari_robust_synth._napari.recipes.source import Places, find
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History
from napari_robust_synth.models.cancel import Cancelled
from napari_robust_synth.pictures import files
from napari_robust_synth.tasks.recipe import Recipe, pixel_hash
from napari_robust_synth.tasks.recipes import SLICES, Recipes
from tests.napari.gates import Gate
from tests.napari.moments import click

from .conftest import Fill, settled

STACK = np.random.default_rng(0).integers(0, 255, (4, 24, 32), np.uint8)


def test_no_other_picture_is_looked_at(
    fill: Fill, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, result, looked = fill(), viewer.layers["result"], []
    for number in range(3):
        viewer.layers.insert(0, Image(np.full((24, 32, 3), number, np.uint8), name=f"other {number}", rgb=True))
    viewer.layers.selection.active = result
    real = source._seen
    monkeypatch.setattr(source, "_seen", lambda plane, recipe: looked.append(plane.name) or real(plane, recipe))
    gate = Gate(monkeypatch, source, "_seen")
    click(qtbot, dialog.edit_button)
    gate.reached(qtbot)
    click(qtbot, dialog.cancel_button)
    gate.open()
    settled(qtbot, dialog)
    assert (dialog.status.text(), looked) == (CANCELLED, ["other 2"])


def test_nothing_is_written(
    fill: Fill, viewer: Viewer, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = fill()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(folder / "church.recipe.json"), ""))
    gate = Gate(monkeypatch, files, "check_folder")
    click(qtbot, dialog.save_button)
    gate.reached(qtbot)
    click(qtbot, dialog.cancel_button)
    gate.open()
    settled(qtbot, dialog)
    assert dialog.status.text() == CANCELLED and list(folder.iterdir()) == []


def ended_at_each_chance(look: Callable[[Callable[[], None]], Any]) -> int:
    """Let a search end at each time it asks whether to go on; returns how often it does."""
    asked: list[int] = []
    look(lambda: asked.append(0))
    for number in range(len(asked)):
        left = [None] * number

        def check(left: list[None] = left) -> None:
            if not left:
                raise Cancelled
            left.pop()

        with pytest.raises(Cancelled):
            look(check)
    return len(asked)


def edited(picture: np.ndarray) -> tuple[History, np.ndarray]:
    """Return a history of three states, and the picture of the last."""
    history = History.begin(picture, Edit("original"))
    for _ in range(2):
        before, picture = picture, picture + 1
        history = history.record(before, before, picture, Edit("paint"))
    return history, picture


def slices_of(recipe: Recipe, stack: np.ndarray) -> Recipes:
    numbered = []
    for number in (0, 2):
        known = {"path": None, "sha256": pixel_hash(stack[number]), "of": "pixels"}
        numbered.append((number, replace(recipe, image={**known, "index": (number,), "part": (0, 0, 24, 32)})))
    return Recipes(tuple(numbered), SLICES, 0)


def test_earlier_states_and_slices_are_chances_to_end(fill: Fill) -> None:
    recipe = fill().recipes.first
    lost = replace(recipe, image={**recipe.image, "sha256": "0" * 64})
    assert ended_at_each_chance(lambda check: find(lost, Places([], [edited(STACK[0])]), check)) == 3
    layer, recipes = Image(STACK), slices_of(recipe, STACK)
    there = Places([read_plane(layer, World().at(layer, (0, 0, 0)))], [])
    assert find_slices(recipes, there, lambda: None).plane.layer is layer
    assert ended_at_each_chance(lambda check: find_slices(recipes, there, check)) == 1 + len(STACK) + 2
    past = Places([], [edited(STACK)])
    np.testing.assert_array_equal(find_slices(recipes, past, lambda: None).pixels, STACK)
    assert ended_at_each_chance(lambda check: find_slices(recipes, past, check)) == 1 + 2
    assert ended_at_each_chance(lambda check: find_slices(slices_of(lost, 255 - STACK), past, check)) == 3 * 2
