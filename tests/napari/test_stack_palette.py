"""A palette on all slices: the labels of each, whatever slice is shown."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.offers import ALL, Choice
from napari_robust_synth._napari.layers.recipes import SLICES
from napari_robust_synth.tasks.targets import Target

from .conftest import errors
from .scopes import SHAPE, choose, noise

Press = Callable[..., None]
THERE = ({1}, {1, 3}, {2}, {3})
"""The labels of each slice."""
FILL_IN = "show such a slice, say in the label's row what it should become, and run again"


@pytest.fixture
def labels() -> np.ndarray:
    labels = np.zeros(SHAPE, np.int32)
    for number, there in enumerate(THERE):
        for label in there:
            labels[number, 20:40, 20 * label : 20 * label + 16] = label
    return labels


@pytest.fixture
def stack(dock: SynthesisDock, viewer: Viewer, labels: np.ndarray, qtbot: QtBot) -> Image:
    """The dock, ready for all slices; labels 1 and 2 have been seen, and the first slice is shown."""
    layer = viewer.add_image(noise(), name="stack", contrast_limits=(0, 255))
    mask = viewer.add_labels(labels, name="labels")
    dock.task.value = "palette"
    dock.inputs.image_layer.value, dock.inputs.mask_layer.value = layer, mask
    dock.parameters.widgets["steps"].value = 2
    choose(dock, Choice(ALL, 0))
    for number, label, name in ((2, 2, "tench"), (0, 1, "church")):
        viewer.dims.set_current_step(0, number)
        qtbot.waitUntil(lambda there={1, label}: set(dock.inputs.palette.rows) == there, timeout=10_000)
        dock.inputs.palette.rows[label].name.setCurrentText(name)
    return layer


def test_labels_of_all_slices_are_edited_and_those_without_a_target_named(
    stack: Image, dock: SynthesisDock, viewer: Viewer, labels: np.ndarray, press: Press
) -> None:
    data = stack.data.copy()
    press(dock)
    assert errors() == [
        f"labels without a target are as they were (label 3 in slice 1, 3): {FILL_IN}",
        f"1 of 4 slices failed and are as they were (3): none of its labels has a target: {FILL_IN}",
    ]
    assert dock.status.text() == "Done: 3 of 4 slices"
    result = viewer.layers[-1]
    top, left = np.round(result.translate[1:]).astype(int)
    own = (slice(None), slice(top, top + result.data.shape[1]), slice(left, left + result.data.shape[2]))
    changed, labels = result.data != data[own], labels[own]
    assert all((changed & (labels == label))[number].any() for number, label in ((0, 1), (1, 1), (2, 2)))
    assert not changed[(labels == 0) | (labels == 3)].any()
    palettes = [one["recipe"]["palette"] for one in result.metadata[SLICES]["slices"]]
    assert [{k: v["label"] for k, v in p.items()} for p in palettes] == [{"1": "church"}] * 2 + [{"2": "tench"}]


def test_rows_may_be_more_than_a_palette_can_have(stack: Image, dock: SynthesisDock, press: Press) -> None:
    for label in range(3, 40):
        dock.inputs.palette.set_row(label, "tench")
    assert len(dock.inputs.palette.targets(all_slices=True)) == 39
    assert dock.inputs.palette.targets() == {1: Target(label="church")}
    press(dock)
    assert errors() == [] and dock.status.text() == "Done: 4 of 4 slices"
