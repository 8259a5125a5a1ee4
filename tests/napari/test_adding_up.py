"""Edits of slices, of parts and of channels add up as those of a whole picture do: a run starts from what is seen."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image, Labels

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth._napari.layers.offers import ALL, LAYERS, SHOWN, Choice
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, restore

from .conftest import errors
from .lazy import lazy
from .scopes import SHAPE, choose, noise

Press = Callable[..., None]
Settle = Callable[[], None]
FIRST, SECOND = np.s_[10:30, 10:30], np.s_[32:50, 32:50]


@pytest.fixture
def marks(painting: SynthesisDock, viewer: Viewer) -> Labels:
    """The dock, on the second slice of four, with nothing marked."""
    viewer.layers.clear()
    painting.inputs.image_layer.value = viewer.add_image(noise(), name="stack", contrast_limits=(0, 255))
    painting.inputs.mask_layer.value = layer = viewer.add_labels(np.zeros(SHAPE, np.uint8), name="marks")
    viewer.dims.set_current_step(0, 1)
    return layer


def mark(layer: Labels, part: tuple[slice, ...]) -> None:
    data = np.zeros_like(layer.data)
    data[part] = 1
    layer.data = data


def seen(viewer: Viewer, source: np.ndarray, number: int = 1) -> np.ndarray:
    """What the window shows of a slice, or of the picture: its visible results, one over the other."""
    out = (source[number] if source.ndim == 3 else source).copy()
    for layer in viewer.layers:
        if isinstance(layer, Image) and layer.visible and "·" in layer.name:
            *first, top, left = np.round(layer.translate).astype(int)
            if first in ([], [number]):
                picture = layer.data.reshape(layer.data.shape[-2:])
                out[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return out


def test_of_a_slice(
    painting: SynthesisDock,
    viewer: Viewer,
    marks: Labels,
    keeper: Keeper,
    press: Press,
    settle: Settle,
    tiny: Classifier,
) -> None:
    source = viewer.layers["stack"].data.copy()
    mark(marks, (1, *FIRST))
    press(painting)
    settle()
    once = seen(viewer, source)
    mark(marks, (1, *SECOND))
    press(painting)
    settle()
    twice = seen(viewer, source)
    changed = twice != source[1]
    assert changed[FIRST].any() and changed[SECOND].any()
    np.testing.assert_array_equal(twice[FIRST], once[FIRST])
    (timeline,) = keeper.timelines.values()
    assert [entry.task for entry in timeline.history.entries.values()] == ["original", "paint", "paint"]
    recipe = Recipe.from_dict(timeline.layer.metadata[RECIPE])
    assert recipe.image["path"] is None
    job = restore(recipe, tiny, once)
    np.testing.assert_array_equal(job.result(list(job.states())[-1].x), twice)
    keeper.undo()
    settle()
    np.testing.assert_array_equal(seen(viewer, source), once)
    viewer.dims.set_current_step(0, 3)
    mark(marks, (3, *FIRST))
    press(painting)
    settle()
    np.testing.assert_array_equal(seen(viewer, source), once)
    assert (seen(viewer, source, 3) != source[3]).any() and errors() == []


def test_a_result_that_is_hidden_or_alone_is_not_started_from(
    painting: SynthesisDock, viewer: Viewer, marks: Labels, keeper: Keeper, press: Press, settle: Settle
) -> None:
    source = viewer.layers["stack"].data.copy()
    mark(marks, (1, *FIRST))
    press(painting)
    settle()
    layer = keeper.active.layer
    layer.visible = False
    mark(marks, (1, *SECOND))
    press(painting)
    settle()
    assert layer.visible and keeper.active.layer is layer
    np.testing.assert_array_equal(layer.data[0][FIRST], source[1][FIRST])
    history = keeper.active.history
    assert len(history.children(history.root)) == 2


def test_undo_is_about_the_slice_that_is_shown(
    painting: SynthesisDock, viewer: Viewer, marks: Labels, keeper: Keeper, press: Press, settle: Settle
) -> None:
    source = viewer.layers["stack"].data.copy()
    for number in (1, 3):
        viewer.dims.set_current_step(0, number)
        mark(marks, (number, *FIRST))
        press(painting)
        settle()
    names = ["stack · paint · slice 1", "stack · paint · slice 3"]
    assert [layer.name for layer in viewer.layers][2:] == names and keeper.active.layer.name == names[1]
    viewer.dims.set_current_step(0, 2)
    assert keeper.active.layer.name == names[1], "nothing was done here"
    viewer.dims.set_current_step(0, 1)
    assert keeper.active.layer.name == names[0]
    keeper.undo()
    settle()
    np.testing.assert_array_equal(seen(viewer, source), source[1])
    assert (seen(viewer, source, 3) != source[3]).any() and errors() == []


def test_of_all_slices_and_of_one(
    painting: SynthesisDock, viewer: Viewer, marks: Labels, keeper: Keeper, press: Press, settle: Settle
) -> None:
    third = np.s_[10:30, 60:80]
    mark(marks, (slice(None), *FIRST))
    choose(painting, Choice(ALL, 0))
    press(painting)
    settle()
    stacked = keeper.active.layer
    once = stacked.data
    assert painting.inputs.image_layer.value is stacked
    choose(painting, Choice(SHOWN))
    mark(marks, (1, *SECOND))
    press(painting)
    settle()
    alone = keeper.active.layer
    assert alone is not stacked and (alone.data[0] != once[1])[SECOND].any()
    np.testing.assert_array_equal(alone.data[0][FIRST], once[1][FIRST])
    choose(painting, Choice(ALL, 0))
    mark(marks, (slice(None), *third))
    press(painting)
    settle()
    assert keeper.active.layer is stacked and viewer.layers[-1] is stacked, "it is seen"
    np.testing.assert_array_equal(stacked.data[1][SECOND], alone.data[0][SECOND])
    assert (stacked.data != once)[:, *third].any((1, 2)).all() and errors() == []


def test_of_parts_that_overlap(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, press: Press, settle: Settle
) -> None:
    viewer.layers.clear()
    source = noise("u1", (256, 384))
    array, read = lazy("dask", source, (32, 32))
    painting.inputs.image_layer.value = viewer.add_image(array, name="wide", contrast_limits=(0, 255))
    painting.inputs.mask_layer.value = layer = viewer.add_labels(np.zeros(source.shape, np.uint8), name="marks")
    first, second = np.s_[100:120, 100:120], np.s_[100:120, 126:146]
    mark(layer, first)
    press(painting)
    settle()
    once = seen(viewer, source)
    mark(layer, second)
    press(painting)
    settle()
    twice = seen(viewer, source)
    assert len(keeper.timelines) == 2
    np.testing.assert_array_equal(twice[first], once[first])
    assert (twice[first] != source[first]).any() and (twice[second] != source[second]).any()
    mark(layer, first)
    read.clear()
    press(painting)
    settle()
    assert len(keeper.timelines) == 2 and read == [], "all of that part is there already"
    np.testing.assert_array_equal(seen(viewer, source)[second], twice[second])
    assert (seen(viewer, source)[first] != once[first]).any(), "it lies on top now"
    assert errors() == []


def test_of_three_channels(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, press: Press, settle: Settle
) -> None:
    viewer.layers.clear()
    layers = [viewer.add_image(noise("u1", SHAPE[1:]), name=name, contrast_limits=(0, 255)) for name in "rgb"]
    painting.inputs.mask_layer.value = marks = viewer.add_labels(np.zeros(SHAPE[1:], np.uint8), name="marks")
    painting.inputs.image_layer.value = layers[0]
    choose(painting, Choice(LAYERS), *layers)
    mark(marks, FIRST)
    press(painting)
    settle()
    once = keeper.active.layer.data
    mark(marks, SECOND)
    press(painting)
    settle()
    (timeline,) = keeper.timelines.values()
    assert [entry.parent is None for entry in timeline.history.entries.values()] == [True, False, False]
    np.testing.assert_array_equal(timeline.picture[FIRST], once[FIRST])
    assert (timeline.picture[SECOND] != once[SECOND]).any() and errors() == []
