"""All slices of three channels as RGB: one run for each slice, one result, one edit, written back per channel."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.layers.offers import CHANNELS, LAYERS, Choice
from napari_robust_synth._napari.layers.recipes import RECIPE, SLICES

from .conftest import errors
from .hands import click
from .scopes import choose, noise

Press = Callable[..., None]
Settle = Callable[[], None]
TIMES, PLACE = 3, {"scale": (5, 2, 2, 3), "translate": (1, 7, 5, 3)}
MARKED = (0, 2)


@pytest.fixture
def film(painting: SynthesisDock, viewer: Viewer) -> Image:
    """Three times, four channels; of two times something is marked on a new mask, which is seen with each channel."""
    viewer.layers.clear()
    film = viewer.add_image(noise("<u2", (TIMES, 4, 72, 96)), name="film", contrast_limits=(100, 60_000), **PLACE)
    painting.inputs.image_layer.value = film
    choose(painting, Choice(CHANNELS, 1, every=0), 3, 0, 2)
    painting.inputs.new_mask.click()
    marks = painting.inputs.mask_layer.value
    assert marks.data.shape == (TIMES, 1, 72, 96)
    for time in MARKED:
        marks.data[time, 0, 10 * time + 10 : 50, 30:60] = 1
    painting.parameters.widgets["steps"].value = 2
    viewer.dims.set_current_step(1, 3)
    return film


def test_channels_of_an_axis(
    film: Image,
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    kept = film.data.copy()
    press(painting)
    settle()
    assert errors() == [] and painting.status.text() == "Done: 2 of 2 slices"
    result = history.keeper.active.layer
    assert result.rgb and result.data.shape[:2] == (TIMES, 1) and result.data.dtype == np.float32
    for time in range(TIMES):
        for channel in range(4):
            at = result.world_to_data(film.data_to_world((time, channel, 10, 30)))
            assert np.round(at[:2]).tolist() == [time, 0], "it is seen with every channel"
    together = result.metadata[SLICES]["slices"]
    assert [one["slice"] for one in together] == list(MARKED)
    for one in together:
        indices = [channel["index"] for channel in one["recipe"]["image"]["channels"]]
        assert [list(index) for index in indices] == [[one["slice"], channel] for channel in (3, 0, 2)]
    click(qtbot, history.accept_button)
    settle()
    accepted, marks = film.data.copy(), painting.inputs.mask_layer.value.data[:, 0] > 0
    changed = accepted != kept
    assert accepted.dtype == kept.dtype and not changed[1].any() and not changed[:, 1].any()
    for channel in (3, 0, 2):
        assert changed[0, channel].any() and changed[2, channel].any() and not changed[:, channel][~marks].any()
    click(qtbot, history.undo_button)
    settle()
    assert film.data.tobytes() == kept.tobytes()
    result.visible = False
    painting.inputs.image_layer.value = film
    choose(painting, Choice(CHANNELS, 1), 3, 0, 2)
    for time in MARKED:
        viewer.dims.set_current_step(0, time)
        press(painting)
        settle()
        assert history.keeper.active.layer is not result
        assert history.keeper.active.layer.metadata[RECIPE]["image"]["index"] == [time, 0]
        click(qtbot, history.accept_button)
        settle()
    assert np.array_equal(film.data, accepted), "each slice is what it would be alone"
    assert errors() == []


def test_three_layers(
    film: Image,
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    viewer.layers.clear()
    tops = {"a": ("u1", 255), "b": (">u2", 65535), "c": ("<f4", 1)}
    layers = [
        viewer.add_image(noise(dtype, (TIMES, 72, 96)), name=name, contrast_limits=(0, top))
        for name, (dtype, top) in tops.items()
    ]
    kept = [layer.data.copy() for layer in layers]
    painting.task.value = "translate"
    painting.inputs.label.setCurrentText("church")
    painting.parameters.widgets["steps"].value = 1
    painting.inputs.image_layer.value = layers[1]
    choose(painting, Choice(LAYERS, every=0), *layers)
    press(painting)
    settle()
    result = history.keeper.active.layer
    assert result.rgb and result.data.shape == (TIMES, 72, 96, 3) and painting.status.text() == "Done: 3 of 3 slices"
    press(painting)
    settle()
    assert history.keeper.active.layer is result, "a second run is a second edit"
    click(qtbot, history.accept_button)
    settle()
    for layer, data in zip(layers, kept, strict=True):
        assert layer.data.dtype == data.dtype and (layer.data != data).any((1, 2)).all()
    click(qtbot, history.undo_button)
    settle()
    for layer, data in zip(layers, kept, strict=True):
        assert layer.data.tobytes() == data.tobytes()
    assert errors() == []
