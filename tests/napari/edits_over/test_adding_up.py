"""Edits of slices, of parts and of channels add up as those of a whole picture do: a run starts from what is seen."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from napari.layers import Labels
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth._napari.layers.offers import ALL, LAYERS, SHOWN, Choice
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, restore
from tests.napari.conftest import errors
from tests.napari.hands import click
from tests.napari.scopes import SHAPE, choose, noise

from .conftest import FIRST, SECOND, THIRD, Edit, mark, seen

Press = Callable[..., None]
Settle = Callable[[], None]


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


def test_of_all_slices_and_of_one(painting: SynthesisDock, viewer: Viewer, marks: Labels, edit: Edit) -> None:
    choose(painting, Choice(ALL, 0))
    stacked = edit((slice(None), *FIRST)).layer
    once = stacked.data
    assert painting.inputs.image_layer.value is stacked
    choose(painting, Choice(SHOWN))
    alone = edit((1, *SECOND)).layer
    assert alone is not stacked and (alone.data[0] != once[1])[SECOND].any()
    np.testing.assert_array_equal(alone.data[0][FIRST], once[1][FIRST])
    choose(painting, Choice(ALL, 0))
    above = edit((slice(None), *THIRD)).layer
    assert above is viewer.layers[-1] and painting.inputs.image_layer.value is above, "one below would not be seen"
    np.testing.assert_array_equal(above.data[1][SECOND], alone.data[0][SECOND])
    assert (above.data != once)[:, *THIRD].any((1, 2)).all()
    again = edit((slice(None), *np.s_[50:70, 5:25])).layer
    assert again is above and errors() == []
    np.testing.assert_array_equal(again.data[1][SECOND], alone.data[0][SECOND])


def test_of_parts_that_overlap(
    viewer: Viewer,
    keeper: Keeper,
    history: HistoryDock,
    wide: tuple[np.ndarray, list],
    edit: Edit,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    source, read = wide
    first, second = np.s_[100:120, 100:120], np.s_[100:120, 126:146]
    edit(first)
    once = seen(viewer, source)
    edit(second)
    twice = seen(viewer, source)
    assert len(keeper.timelines) == 2
    np.testing.assert_array_equal(twice[first], once[first])
    assert (twice[first] != source[first]).any() and (twice[second] != source[second]).any()
    read.clear()
    edit(first)
    thrice = seen(viewer, source)
    assert read == [], "all of that part is there already"
    np.testing.assert_array_equal(thrice[second], twice[second])
    assert (thrice[first] != once[first]).any()
    shown = [source.copy(), once, twice, thrice]
    for picture in shown[-2::-1]:
        assert history.undo_button.isEnabled()
        click(qtbot, history.undo_button)
        settle()
        np.testing.assert_array_equal(seen(viewer, source), picture)
    assert not history.undo_button.isEnabled()
    for picture in shown[1:]:
        assert history.redo_button.isEnabled()
        click(qtbot, history.redo_button)
        settle()
        np.testing.assert_array_equal(seen(viewer, source), picture)
    assert not history.redo_button.isEnabled() and errors() == []


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
