"""Recipes of three channels as RGB: they find their picture again, and the form says what it was seen as."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers import RECIPE
from napari_robust_synth._napari.offers import ALL, CHANNELS, LAYERS, Choice
from napari_robust_synth._napari.recipe_channels import told
from napari_robust_synth._napari.recipe_dialog import RecipeDialog
from tests.napari.conftest import errors
from tests.napari.hands import click
from tests.napari.scopes import choose, noise

from .conftest import press_in

Press = Callable[..., None]


@pytest.fixture
def cells(named: SynthesisDock, viewer: Viewer) -> Image:
    """Two times, four channels, and a mask for the second time, seen with each channel."""
    viewer.layers.clear()
    place = {"scale": (5, 2, 2, 3)}
    layer = viewer.add_image(noise("<u2", (2, 4, 72, 96)), name="cells", contrast_limits=(100, 60_000), **place)
    named.inputs.image_layer.value = layer
    choose(named, Choice(CHANNELS, 1), 3, 0, 2)
    viewer.dims.set_current_step(0, 1)
    named.inputs.new_mask.click()
    named.inputs.mask_layer.value.data[0, 0, 20:40, 30:60] = 1
    return layer


def dialog_of(dock: SynthesisDock, viewer: Viewer, result: Image, qtbot: QtBot) -> RecipeDialog:
    viewer.show()
    viewer.layers.selection.active = result
    click(qtbot, dock.recipe_button)
    return dock.recipe_button.dialog


def test_of_an_axis(cells: Image, named: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    viewer.dims.set_current_step(1, 2)
    press(named)
    result = viewer.layers[-1]
    dialog = dialog_of(named, viewer, result, qtbot)
    cells.name, cells.contrast_limits = "renamed", (0, 65535)
    viewer.dims.set_current_step(0, 0)
    press_in(qtbot, dialog, "replay_button")
    again = viewer.layers[-1]
    assert again is not result and np.array_equal(again.data, result.data)
    np.testing.assert_allclose(again.translate, result.translate)
    before, after = (layer.metadata[RECIPE]["image"] for layer in (result, again))
    assert after["sha256"] == before["sha256"] and [c["name"] for c in after["channels"]] == ["renamed"] * 3
    named.inputs.image_layer.value = cells
    choose(named, Choice(ALL, 0))
    viewer.layers.selection.active = result
    press_in(qtbot, dialog, "edit_button")
    scope = named.inputs.scope
    assert named.inputs.image_layer.value is cells and scope.choice == Choice(CHANNELS, 1)
    assert [combo.currentData() for combo in scope.colours] == [3, 0, 2]
    assert list(cells.contrast_limits) == [100, 60_000] and viewer.dims.point[0] == 5
    press(named)
    assert np.array_equal(viewer.layers[-1].data, result.data) and errors() == []


def test_of_three_layers(named: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    viewer.layers.clear()
    tops = {"a": ("u1", 200), "b": ("<u2", 40_000), "c": ("<f4", 1)}
    layers = [
        viewer.add_image(noise(dtype, (72, 96)), name=name, contrast_limits=(0, top))
        for name, (dtype, top) in tops.items()
    ]
    named.task.value = "translate"
    named.inputs.label.setCurrentText("church")
    named.parameters.widgets["steps"].value = 1
    named.inputs.image_layer.value = layers[0]
    choose(named, Choice(LAYERS), *layers[::-1])
    press(named)
    result = viewer.layers[-1]
    dialog = dialog_of(named, viewer, result, qtbot)
    qtbot.waitUntil(lambda: not dialog.dock.history._keeper.jobs.busy, timeout=10_000)
    dialog.dock.history._keeper.timelines.clear()
    layers[0].contrast_limits = (0, 255)
    press_in(qtbot, dialog, "replay_button")
    assert np.array_equal(viewer.layers[-1].data, result.data)
    choose(named, Choice(LAYERS), *layers)
    viewer.layers.selection.active = result
    press_in(qtbot, dialog, "edit_button")
    assert [combo.currentData() for combo in named.inputs.scope.colours] == layers[::-1]
    assert list(layers[0].contrast_limits) == [0, 200] and errors() == []


def test_a_picture_that_only_the_history_has_left(
    cells: Image, named: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    press(named)
    result = viewer.layers[-1]
    dialog = dialog_of(named, viewer, result, qtbot)
    qtbot.waitUntil(lambda: bool(named.history._keeper.timelines), timeout=10_000)
    viewer.layers.remove(cells)
    press_in(qtbot, dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data[0, 0])
    viewer.layers.selection.active = result
    press_in(qtbot, dialog, "edit_button")
    assert viewer.layers[-2].name == "before" and named.inputs.scope.choice == Choice(CHANNELS, 0)
    press(named)
    np.testing.assert_array_equal(viewer.layers[-1].data[0], result.data[0, 0])
    assert errors() == []


@pytest.mark.parametrize(
    "damage",
    [
        3,
        [{}] * 3,
        [{"name": "a", "index": [0], "limits": [0, 1]}] * 2,
        [{"name": "a", "index": ["x"], "limits": [0, 1]}] * 3,
        [{"name": "a", "index": [0], "limits": [1, 0]}] * 3,
        [{"name": "a", "index": [0], "limits": [0, float("inf")]}] * 3,
        [{"name": "a", "index": 0, "limits": [0, 1]}] * 3,
    ],
)
def test_damaged_channels_are_none(damage: object) -> None:
    assert told({"channels": damage}) == []
