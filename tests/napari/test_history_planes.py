"""Results of a slice of a stack, and of a part of a large image, can be undone too."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.frames import STEPS, frames_of

from .conftest import errors

Press = Callable[..., None]


@pytest.fixture
def stack(painting: SynthesisDock, viewer: Viewer, photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The dock works on the third plane of four."""
    data = np.stack([photo, photo // 2, photo[::-1], photo])
    layer = viewer.add_image(data, name="stack", rgb=True)
    viewer.dims.set_current_step(0, 2)
    painting.inputs.image_layer.value = layer
    painting.inputs.mask_layer.value = viewer.add_labels(mask.astype(np.uint8))
    return data


def test_undo_of_a_slice_brings_its_pixels_back(
    painting: SynthesisDock, viewer: Viewer, stack: np.ndarray, press: Press, qtbot: QtBot
) -> None:
    keeper = keeper_of(viewer)
    keeper.keep_frames = True
    press(painting)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    layer = keeper.active.layer
    assert layer.data.shape[0] == 1 and (layer.data[0] != stack[2]).any()
    frames = next(x for x in viewer.layers if STEPS in x.metadata)
    assert frames.data.shape[:2] == (len(frames.metadata[STEPS]), 1)
    np.testing.assert_allclose(frames.data_to_world((0, 0, 0, 0))[-3:-2], [2])
    assert frames_of(frames).shape == (len(frames.metadata[STEPS]), *frames.data.shape[-3:-1], 3)
    keeper.undo()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    np.testing.assert_array_equal(layer.data[0], stack[2])
    assert errors() == []


def test_undo_of_a_part_of_a_large_image(
    painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_robust_synth._napari.layers.planes.LARGEST", 100)
    noise = np.random.default_rng(0).integers(0, 255, (300, 400), np.uint8)
    marks = np.zeros(noise.shape, np.uint8)
    marks[150:180, 220:260] = 1
    painting.inputs.image_layer.value = viewer.add_image(noise, contrast_limits=(0, 255))
    painting.inputs.mask_layer.value = viewer.add_labels(marks)
    for _ in range(2):
        press(painting)
    keeper = keeper_of(viewer)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    assert len(keeper.timelines) == 1, "the second edit goes on with the part"
    layer = keeper.active.layer
    top, left = layer.translate.astype(int)
    part = noise[top : top + layer.data.shape[0], left : left + layer.data.shape[1]]
    twice = layer.data
    keeper.undo()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    once = layer.data
    assert (once != part).any() and (once != twice).any()
    keeper.undo()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    np.testing.assert_array_equal(layer.data, part)
