"""Recipes of three channels as RGB: they find their picture again, and the form says what it was seen as."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.offers import ALL, CHANNELS, LAYERS, Choice
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.recipes.channels import own_values, told
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth.pictures import replay
from tests.napari.conftest import errors
from tests.napari.hands import click
from tests.napari.scopes import choose, noise

from .conftest import drop, press_in

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


@pytest.mark.parametrize("still_open", [True, False])
def test_saved_and_dropped(
    named: SynthesisDock,
    viewer: Viewer,
    press: Press,
    qtbot: QtBot,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    still_open: bool,
) -> None:
    viewer.layers.clear()
    tops = {"a": ("u1", 200), "b": ("<u2", 40_000), "c": ("<f4", 1)}
    for name, (dtype, top) in tops.items():
        viewer.add_image(noise(dtype, (72, 96)), name=name, contrast_limits=(0, top))
    layers = [viewer.layers[name] for name in "cba"]
    named.task.value = "translate"
    named.inputs.label.setCurrentText("church")
    named.parameters.widgets["steps"].value = 1
    named.inputs.image_layer.value = layers[0]
    choose(named, Choice(LAYERS), *layers)
    press(named)
    result = viewer.layers[-1]
    dialog = dialog_of(named, viewer, result, qtbot)
    path = folder / "church.recipe.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    press_in(qtbot, dialog, "save_button")
    np.testing.assert_array_equal(replay(path), result.data)
    if still_open:
        choose(named, Choice(LAYERS), *layers[::-1])
    else:
        viewer.layers.clear()
    drop(viewer, path)
    qtbot.waitUntil(lambda: dialog.status.text().startswith("Filled in: press Run"), timeout=30_000)
    seen = [combo.currentData() for combo in named.inputs.scope.colours]
    assert (seen == layers) == still_open and [layer.name for layer in seen] == ["c", "b", "a"]
    for own, layer in zip(layers, seen, strict=True):
        assert own.dtype == layer.dtype and np.array_equal(own.data, layer.data)
    press(named)
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)
    assert errors() == []


@pytest.mark.parametrize(("dtype", "limits"), [("uint16", (100, 60_000)), ("uint8", (0, 1)), ("float32", (0.1, 0.7))])
def test_own_values_are_seen_the_same_or_left(dtype: str, limits: tuple[float, float]) -> None:
    raw = noise(dtype, (5, 6, 3))
    seen = ((raw.astype(float) - limits[0]) / (limits[1] - limits[0])).astype(np.float32)
    channels = told({"channels": [{"name": "a", "index": [], "limits": limits, "dtype": dtype}] * 3})
    for number, (channel, values) in enumerate(own_values(seen, channels)):
        assert channel.limits == limits and values.dtype == dtype
        np.testing.assert_allclose(values, raw[..., number], atol=1e-6)
    between = np.full((5, 6, 3), 0.3 / (limits[1] - limits[0]), np.float32)
    left = own_values(between, [replace(channel, dtype="uint8") for channel in channels])
    assert [channel.limits for channel, _ in left] == [(0, 1)] * 3 and np.array_equal(left[0][1], between[..., 0])


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
        [{"name": "a", "index": [0], "limits": [0, 1], "dtype": "object"}] * 3,
        [{"name": "a", "index": [0], "limits": [0, 1], "dtype": "nonsense"}] * 3,
    ],
)
def test_damaged_channels_are_none(damage: object) -> None:
    assert told({"channels": damage}) == []
