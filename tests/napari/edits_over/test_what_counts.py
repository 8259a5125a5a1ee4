"""Which of the results over a picture a run starts from: those that are seen, and still are of that picture."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from napari.layers import Labels

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth._napari.layers.offers import ALL, LAYERS, SHOWN, Choice
from tests.napari.conftest import errors
from tests.napari.scopes import SHAPE, choose, noise

from .conftest import FIRST, SECOND, Edit, seen

Settle = Callable[[], None]


def test_one_below_its_source_does_not(viewer: Viewer, marks: Labels, edit: Edit) -> None:
    source = viewer.layers["stack"].data
    viewer.layers.move(viewer.layers.index(edit((1, *FIRST)).layer), 0)
    after = edit((1, *SECOND))
    np.testing.assert_array_equal(after.picture[0][FIRST], source[1][FIRST])
    assert (after.picture[0] != source[1])[SECOND].any() and errors() == []


def test_one_that_is_all_undone_does_not_and_is_not_seen(
    viewer: Viewer, marks: Labels, keeper: Keeper, edit: Edit, settle: Settle
) -> None:
    source = viewer.layers["stack"]
    once = edit((1, *FIRST))
    keeper.accept()
    settle()
    accepted = source.data.copy()
    viewer.layers.selection.active = once.layer
    keeper.undo()
    settle()
    assert not once.layer.visible, "it holds what was there before"
    np.testing.assert_array_equal(seen(viewer, source.data), accepted[1])
    twice = edit((1, *SECOND))
    np.testing.assert_array_equal(twice.picture[0][FIRST], accepted[1][FIRST])
    keeper.undo()
    settle()
    keeper.redo()
    settle()
    assert twice.layer.visible and errors() == []


def test_one_whose_edits_are_forgotten_does(
    viewer: Viewer, marks: Labels, keeper: Keeper, edit: Edit, settle: Settle
) -> None:
    once = edit((1, *FIRST))
    keeper.forget(once)
    settle()
    assert once.layer.visible and len(once.history.entries) == 1
    before = once.picture
    twice = edit((1, *SECOND))
    assert twice is once and (twice.picture != before).any()
    np.testing.assert_array_equal(twice.picture[0][FIRST], before[0][FIRST])


def test_one_in_other_contrast_limits_does_not(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, edit: Edit, settle: Settle
) -> None:
    viewer.layers.clear()
    layers = [viewer.add_image(noise("u1", SHAPE[1:]), name=name, contrast_limits=(0, 255)) for name in "rgb"]
    painting.inputs.mask_layer.value = viewer.add_labels(np.zeros(SHAPE[1:], np.uint8), name="marks")
    painting.inputs.image_layer.value = layers[0]
    choose(painting, Choice(LAYERS), *layers)
    before = layers[0].data.copy()
    edit(FIRST)
    for layer in layers:
        layer.contrast_limits = (0, 128)
    edit(SECOND)
    keeper.accept()
    settle()
    np.testing.assert_array_equal(layers[0].data[FIRST], before[FIRST])
    assert abs(layers[0].data[SECOND].mean() - before[SECOND].mean()) < 30 and errors() == []


def test_of_another_source_it_does_not(painting: SynthesisDock, viewer: Viewer, marks: Labels, edit: Edit) -> None:
    edit((1, *FIRST))
    source = viewer.layers["stack"]
    source.data = np.ascontiguousarray(source.data[:, :60, :80])
    marks.data = np.zeros(source.data.shape, np.uint8)
    assert edit((1, *SECOND)).picture.shape == (1, 60, 80) and errors() == []
    source.data = noise("u1", (2, *SHAPE))
    viewer.dims.set_current_step(0, 1)
    marks.data = np.zeros((2, *SHAPE), np.uint8)
    assert edit((1, 1, *SECOND)).picture.shape == (1, 1, *SHAPE[1:]) and errors() == []


def test_when_something_else_made_another_picture_of_it_it_does_not(viewer: Viewer, marks: Labels, edit: Edit) -> None:
    source = viewer.layers["stack"].data
    once = edit((1, *FIRST))
    once.layer.data = (once.layer.data / 255).astype(np.float32)
    after = edit((1, *SECOND))
    assert after.layer is not once.layer and after.picture.dtype == np.uint8
    np.testing.assert_array_equal(after.picture[0][FIRST], source[1][FIRST])
    assert errors() == []


def test_nor_when_it_has_fewer_slices_by_now(
    painting: SynthesisDock, viewer: Viewer, keeper: Keeper, edit: Edit
) -> None:
    viewer.layers.clear()
    source = noise("u1", (2, *SHAPE))
    painting.inputs.image_layer.value = viewer.add_image(source, name="four", contrast_limits=(0, 255))
    painting.inputs.mask_layer.value = viewer.add_labels(np.zeros(SHAPE, np.uint8), name="marks")
    viewer.dims.set_current_step(0, 0)
    choose(painting, Choice(ALL, 1))
    stacked = edit((slice(None), *FIRST)).layer
    stacked.data = stacked.data[:, :2].copy()
    choose(painting, Choice(SHOWN))
    viewer.dims.set_current_step(1, 3)
    picture = edit((3, *SECOND)).picture.reshape(SHAPE[1:])
    np.testing.assert_array_equal(picture[:8], source[0, 3, :8])
    assert errors() == []
