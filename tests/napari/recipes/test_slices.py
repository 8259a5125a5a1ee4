"""Recipes of all slices of a stack: shown, saved, copied, replayed and edited like those of one picture."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.offers import ALL, SHOWN, Choice
from napari_robust_synth._napari.layers.recipes import SLICES
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth._napari.recipes.showing import show_recipe
from napari_robust_synth.pictures import replay
from napari_robust_synth.pictures.embedded import embedded
from napari_robust_synth.pictures.stacks import read_stack
from tests.napari.conftest import errors
from tests.napari.hands import click
from tests.napari.scopes import choose, noise

from .conftest import press_in

Press = Callable[..., None]


@pytest.fixture
def result(named: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> Image:
    """What a run made of slices 0, 2 and 3 of a stack, with another rectangle in each; it is selected."""
    viewer.layers.clear()
    place = {"scale": (4, 2, 3), "translate": (1, 5, 7)}
    named.inputs.image_layer.value = viewer.add_image(noise(">u2"), name="stack", contrast_limits=(0, 65535), **place)
    marks = np.zeros((4, 72, 96), np.uint8)
    for i, (top, left) in ((0, (10, 20)), (2, (30, 50)), (3, (20, 5))):
        marks[i, top : top + 20, left : left + 24] = 1
    named.inputs.mask_layer.value = viewer.add_labels(marks, name="marks", **place)
    choose(named, Choice(ALL, 0))
    press(named)
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
    viewer.layers.selection.active = viewer.layers[-1]
    return viewer.layers[-1]


@pytest.fixture
def dialog(named: SynthesisDock, result: Image, viewer: Viewer, qtbot: QtBot) -> RecipeDialog:
    viewer.show()
    click(qtbot, named.recipe_button)
    return named.recipe_button.dialog


def test_replayed_and_edited(
    named: SynthesisDock, dialog: RecipeDialog, result: Image, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    assert "Paint · church · 3 slices" in dialog.about.text()
    press_in(qtbot, dialog, "replay_button")
    again = viewer.layers[-1]
    assert again is not result and again.name.startswith(result.name) and again.data.dtype == result.data.dtype
    np.testing.assert_array_equal(again.data, result.data)
    np.testing.assert_array_equal(again.translate, result.translate)
    keeper, stack = keeper_of(viewer), viewer.layers["stack"].data.copy()
    keeper.accept()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    changed = viewer.layers["stack"].data != stack
    assert [i for i in range(len(changed)) if changed[i].any()] == [
        n["slice"] for n in again.metadata[SLICES]["slices"]
    ]
    keeper.undo()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    np.testing.assert_array_equal(viewer.layers["stack"].data, stack)
    assert again.metadata[SLICES] == json.loads(json.dumps(result.metadata[SLICES]))
    choose(named, Choice(SHOWN))
    named.inputs.mask_layer.value = None
    named.inputs.label.setCurrentText("tench")
    press_in(qtbot, dialog, "edit_button")
    assert dialog.status.text() == "Filled in: press Run"
    assert named.inputs.scope.choice == Choice(ALL, 0) and named.inputs.image_layer.value.name == "stack"
    assert named.inputs.label.currentText() == "church"
    keeper_of(viewer).new_layer = True
    press(named)
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)
    assert errors() == []


def test_saved_as_a_picture_and_as_a_recipe(
    dialog: RecipeDialog, result: Image, viewer: Viewer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "church.tif"
    assert viewer.layers.save(str(path), selected=True, plugin=PLUGIN) == [str(path)]
    pixels, _ = read_stack(path)
    np.testing.assert_array_equal(pixels, result.data)
    assert errors() == [] and embedded(path).to_dict()["slices"][1]["slice"] == 2
    file = tmp_path / "church.recipe.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    press_in(qtbot, dialog, "save_button")
    assert dialog.status.text() == "Saved church.recipe.json"
    np.testing.assert_array_equal(replay(file), result.data)
    (opened,) = viewer.open(str(path), plugin="napari")
    qtbot.waitUntil(lambda: SLICES in opened.metadata, timeout=10_000)
    assert "3 slices" in dialog.about.text() and dialog.heading.text() == "church"
    press_in(qtbot, dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)


def test_a_format_for_one_picture_is_told(result: Image, tmp_path: Path, viewer: Viewer) -> None:
    viewer.layers.save(str(tmp_path / "a.png"), selected=True, plugin=PLUGIN)
    assert "which .png can't hold: save it as .tif" in errors()[0]


def test_on_another_stack_and_from_an_earlier_state(
    named: SynthesisDock, dialog: RecipeDialog, result: Image, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    other = viewer.add_image(noise("u1")[:, ::-1], name="other", contrast_limits=(0, 255))
    short = viewer.add_image(noise("u1")[:2], name="short", contrast_limits=(0, 255))
    viewer.layers.selection.active = result
    dialog.on.value = other
    press_in(qtbot, dialog, "replay_button")
    assert errors() == [] and dialog.status.text() == "Done: the result is a new layer"
    made = viewer.layers[-1]
    assert made.data.dtype == np.uint8 and made.name.startswith("other")
    assert made.metadata[SLICES]["slices"][0]["recipe"]["value_range"] == [0, 255]
    viewer.layers.selection.active = result
    dialog.on.value = short
    click(qtbot, dialog.replay_button)
    assert errors()[-1] == "'short' has 2 slices, but the recipe is of slice 3, too"
    named.inputs.image_layer.value = result
    named.inputs.mask_layer.value = viewer.layers["marks"]
    named.inputs.label.setCurrentText("tench")
    press(named)
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
    viewer.layers.selection.active = result
    both = result.data.copy()
    dialog.take_selected()
    assert "tench · 3 slices" in dialog.about.text()
    dialog.on.value = dialog.on.choices[0]
    press_in(qtbot, dialog, "replay_button")
    assert errors()[1:] == []
    np.testing.assert_array_equal(viewer.layers[-1].data.reshape(both.shape), both)


def test_a_layer_without_a_recipe_empties_the_dialog(dialog: RecipeDialog, result: Image, viewer: Viewer) -> None:
    for name in ("stack", "marks"):
        viewer.layers.selection.active = viewer.layers[name]
        assert dialog.about.text().startswith("Select a result")
        assert not any(button.isEnabled() for button in (dialog.replay_button, dialog.edit_button, dialog.save_button))
        viewer.layers.selection.active = result
        assert dialog.heading.text() == result.name
    dialog.take(dialog.recipes, "a.recipe.json")
    viewer.layers.selection.active = viewer.layers["stack"]
    assert dialog.heading.text() == "a.recipe.json", "what was dropped stays while its picture is looked for"
    show_recipe(viewer)
    assert dialog.about.text().startswith("Select a result")
