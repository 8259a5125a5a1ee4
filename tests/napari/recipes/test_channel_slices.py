"""Recipes of all slices of three channels as RGB: replayed, edited, and done to another film."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.offers import CHANNELS, LAYERS, SHOWN, Choice
from napari_robust_synth._napari.layers.recipes import SLICES
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth.pictures import replay
from tests.napari.conftest import errors
from tests.napari.hands import click
from tests.napari.scopes import choose, noise

from .conftest import press_in

Press = Callable[..., None]
PLACE = {"scale": (5, 2, 2, 3), "translate": (1, 7, 5, 3), "units": "um"}
MARKED, CHOSEN = (0, 2), (3, 0, 2)


@pytest.fixture
def film(named: SynthesisDock, viewer: Viewer) -> Image:
    """Three times and four channels, with a layer in other units beside it."""
    viewer.layers.clear()
    viewer.add_image(noise(shape=(20, 20)), name="other", scale=(2000, 3000), units="nm")
    data = noise("<u2", (3, 4, 72, 96))
    film = viewer.add_image(data, name="film", contrast_limits=(100, 60_000), **PLACE)
    named.inputs.image_layer.value = film
    choose(named, Choice(CHANNELS, 1, every=0), *CHOSEN)
    return film


def settle(viewer: Viewer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)


@pytest.fixture
def result(film: Image, named: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> Image:
    """What a run made of the two times that are marked; it is selected."""
    named.inputs.new_mask.click()
    marks = named.inputs.mask_layer.value
    for time in MARKED:
        marks.data[time, 0, 10 * time + 10 : 40, 30:60] = 1
    press(named)
    settle(viewer, qtbot)
    viewer.layers.selection.active = viewer.layers[-1]
    return viewer.layers[-1]


@pytest.fixture
def dialog(named: SynthesisDock, result: Image, viewer: Viewer, qtbot: QtBot) -> RecipeDialog:
    viewer.show()
    click(qtbot, named.recipe_button)
    return named.recipe_button.dialog


def test_replayed(dialog: RecipeDialog, film: Image, result: Image, viewer: Viewer, qtbot: QtBot) -> None:
    film.contrast_limits = (0, 65535)
    viewer.dims.set_current_step(0, 1)
    press_in(qtbot, dialog, "replay_button")
    again = viewer.layers[-1]
    assert errors() == [] and again is not result and again.rgb
    np.testing.assert_array_equal(again.data, result.data)
    np.testing.assert_allclose(again.translate, result.translate)
    np.testing.assert_allclose(again.scale, result.scale)
    assert again.metadata[SLICES] == json.loads(json.dumps(result.metadata[SLICES]))


def test_edited(
    named: SynthesisDock, dialog: RecipeDialog, film: Image, result: Image, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    marks = named.inputs.mask_layer.value
    choose(named, Choice(SHOWN))
    named.inputs.mask_layer.value = None
    viewer.layers.remove(marks)
    film.contrast_limits = (0, 65535)
    viewer.dims.set_current_step(0, 1)
    viewer.layers.selection.active = result
    press_in(qtbot, dialog, "edit_button")
    assert errors() == [] and dialog.status.text().startswith("Filled in: press Run")
    scope = named.inputs.scope
    assert named.inputs.image_layer.value is film and scope.choice == Choice(CHANNELS, 1, every=0)
    assert tuple(combo.currentData() for combo in scope.colours) == CHOSEN
    assert list(film.contrast_limits) == [100, 60_000] and World.of(viewer.dims).index(film)[0] == 0
    mask = named.inputs.mask_layer.value
    assert mask is not marks and mask.units == film.units
    keeper_of(viewer).new_layer = True
    press(named)
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)
    np.testing.assert_allclose(viewer.layers[-1].translate, result.translate)
    assert errors() == []


def test_three_layers(named: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    viewer.layers.clear()
    tops = {"a": ("u1", 200), "b": ("<u2", 40_000), "c": ("<f4", 1)}
    layers = [
        viewer.add_image(noise(dtype, (2, 72, 96)), name=name, contrast_limits=(0, top))
        for name, (dtype, top) in tops.items()
    ]
    named.task.value = "translate"
    named.inputs.label.setCurrentText("church")
    named.parameters.widgets["steps"].value = 1
    named.inputs.image_layer.value = layers[0]
    choose(named, Choice(LAYERS, every=0), *layers[::-1])
    press(named)
    settle(viewer, qtbot)
    viewer.show()
    result = viewer.layers.selection.active = viewer.layers[-1]
    click(qtbot, named.recipe_button)
    dialog = named.recipe_button.dialog
    choose(named, Choice(LAYERS), *layers)
    press_in(qtbot, dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)
    viewer.layers.selection.active = result
    press_in(qtbot, dialog, "edit_button")
    scope = named.inputs.scope
    assert scope.choice == Choice(LAYERS, every=0)
    assert [combo.currentData() for combo in scope.colours] == layers[::-1] and errors() == []


def test_on_another_film(dialog: RecipeDialog, film: Image, result: Image, viewer: Viewer, qtbot: QtBot) -> None:
    other = viewer.add_image(film.data[:, :, ::-1], name="another", contrast_limits=(0, 60_000), **PLACE)
    flat = viewer.add_image(film.data[:, :3], name="three", contrast_limits=(0, 60_000), **PLACE)
    viewer.dims.set_current_step(1, 1)
    for layer in (other, flat):
        viewer.layers.selection.active = result
        dialog.on.value = layer
        press_in(qtbot, dialog, "replay_button")
        made = viewer.layers[-1]
        assert errors() == [] and made.name.startswith(layer.name)
        assert made.rgb == (layer is other), "without the channels it is the one that is shown"
        assert made.data.shape[:4] == result.data.shape[:4]
    (_, second) = viewer.layers["another · paint · 3 slices"].metadata[SLICES]["slices"]
    channels = [(one["name"], one["index"]) for one in second["recipe"]["image"]["channels"]]
    assert channels == [("another", [2, channel]) for channel in CHOSEN]


def test_what_only_the_history_has_left(
    named: SynthesisDock, dialog: RecipeDialog, film: Image, result: Image, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    viewer.layers.remove(film)
    viewer.layers.remove("other")
    press_in(qtbot, dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data[:, 0])
    viewer.layers.selection.active = result
    press_in(qtbot, dialog, "edit_button")
    before = named.inputs.image_layer.value
    assert before.name == "film" and named.inputs.scope.choice == Choice(CHANNELS, 1, every=0)
    press(named)
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)
    assert [line for line in errors() if not line.startswith("Inconsistent units")] == []


def test_saved(
    dialog: RecipeDialog, result: Image, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.recipe.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    press_in(qtbot, dialog, "save_button")
    assert errors() == [] and dialog.status.text() == "Saved film.recipe.json"
    np.testing.assert_array_equal(replay(path), result.data[:, 0])
