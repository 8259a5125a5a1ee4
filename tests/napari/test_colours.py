"""Three channels as one colour picture: of an axis, or three layers; and their change written back."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.layers.colours import of_layers
from napari_robust_synth._napari.layers.offers import CHANNELS, LAYERS, Choice
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.layers.world import World

from .conftest import PLACE, errors
from .hands import click
from .scopes import choose

Press = Callable[..., None]
Settle = Callable[[], None]
LIMITS = {"u1": (0, 255), "<u2": (100, 4000), ">u2": (0, 65535), "<i2": (-500, 500), "<f4": (-1, 2), "<f8": (0, 1)}


@pytest.mark.parametrize("dtype", list(LIMITS))
def test_channels_of_an_axis(
    painting: SynthesisDock,
    viewer: Viewer,
    mask: np.ndarray,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
    dtype: str,
) -> None:
    low, high = LIMITS[dtype]
    data = (low + (high - low) * np.random.default_rng(0).random((4, 72, 96))).astype(dtype)
    kept = data.copy()
    layer = viewer.add_image(data, name="cells", contrast_limits=(low, high), scale=(2, 2, 3), translate=(7, 5, 3))
    painting.inputs.image_layer.value = layer
    painting.inputs.mask_layer.value = viewer.add_labels(
        mask.astype(np.uint8), name="marks", scale=(2, 3), translate=(5, 3)
    )
    choose(painting, Choice(CHANNELS, 0), 3, 0, 2)
    press(painting)
    settle()
    result = history.keeper.active.layer
    assert errors() == [] and result.rgb and result.data.shape == (1, 72, 96, 3)
    assert result.metadata[RECIPE]["value_range"] == [0, 1]
    assert [c["index"] for c in result.metadata[RECIPE]["image"]["channels"]] == [[3], [0], [2]]
    for channel in range(4):
        at = result.world_to_data(layer.data_to_world((channel, 10, 20)))
        assert np.round(at).tolist() == [0, 10, 20], "it is seen with every channel"
    click(qtbot, history.accept_button)
    settle()
    changed = layer.data != kept
    assert [changed[i].any() for i in range(4)] == [True, False, True, True] and not changed[:, ~mask].any()
    click(qtbot, history.undo_button)
    settle()
    assert (layer.data.dtype, layer.data.tobytes()) == (kept.dtype, kept.tobytes())
    assert np.array_equal(data, kept) and errors() == []


def test_three_layers_are_accepted_into_and_undone_at_once(
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    random, layers = np.random.default_rng(0), []
    for name, dtype, top in (("a", np.uint8, 255), ("b", np.uint16, 4095), ("c", np.float32, 1)):
        data = (top * random.random((72, 96))).astype(dtype)
        layers.append(viewer.add_image(data, name=name, contrast_limits=(0, top), **PLACE))
    kept = [layer.data.copy() for layer in layers]
    painting.inputs.image_layer.value = layers[1]
    choose(painting, Choice(LAYERS), *layers)
    press(painting)
    settle()
    result = history.keeper.active.layer
    assert result.rgb and result.data.shape == (72, 96, 3)
    assert history.accept_button.toolTip() == "Put what is shown into a, b, c; can be undone"
    click(qtbot, history.accept_button)
    settle()
    accepted = [layer.data.copy() for layer in layers]
    assert all((one != other).any() for one, other in zip(accepted, kept, strict=True))
    for button, pictures in ((history.undo_button, kept), (history.redo_button, accepted), (history.undo_button, kept)):
        click(qtbot, button)
        settle()
        for layer, picture in zip(layers, pictures, strict=True):
            assert (layer.data.dtype, layer.data.tobytes()) == (picture.dtype, picture.tobytes())
    press(painting)
    settle()
    assert history.keeper.active.layer is result, "a run on the same channels is a branch"
    choose(painting, Choice(LAYERS), *layers[::-1])
    press(painting)
    settle()
    assert history.keeper.active.layer is not result, "one on others is not"
    viewer.layers.remove(layers[0])
    assert not history.accept_button.isEnabled() and errors() == []


def test_not_three_channels(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.inputs.image_layer.value = viewer.add_image(np.zeros((4, 72, 96), np.uint8), name="stack")
    choose(painting, Choice(CHANNELS, 0), 1, 1, 2)
    press(painting)
    assert errors() == ["red, green and blue are channel 1, channel 1, channel 2: expected three different channels"]


def test_layers_that_moved() -> None:
    layers = [Image(np.zeros((20, 30)), name=name) for name in "abc"]
    layers[2].translate = (0, 4)
    with pytest.raises(ValueError, match="layer 'c' is not where 'a' is"):
        of_layers(layers, World((0, 0)))
