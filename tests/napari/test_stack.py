"""All slices of an axis: each gives what it would alone, and the result is one stack, one edit."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image, Labels
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.layers.offers import ALL, SHOWN, Choice
from napari_robust_synth._napari.layers.recipes import RECIPE, SLICES
from napari_robust_synth._napari.stack.session import StackSession
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, restore

from .conftest import errors
from .hands import click
from .scopes import SHAPE, choose, noise, together

Press = Callable[..., None]
Settle = Callable[[], None]
SPACE = {"scale": (4, 2, 3), "translate": (1, 5, 7), "rotate": 30}


@pytest.fixture
def marks() -> np.ndarray:
    """Another rectangle in each slice, and none in the second."""
    marks = np.zeros(SHAPE, np.uint8)
    for i, (top, left) in enumerate(((10, 20), (0, 0), (30, 50), (20, 5))):
        if i != 1:
            marks[i, top : top + 20, left : left + 24] = 1
    return marks


@pytest.fixture
def stack(painting: SynthesisDock, viewer: Viewer, marks: np.ndarray) -> Image:
    """The dock, ready for all four slices, each with a mask of its own."""
    viewer.layers.clear()
    layer = viewer.add_image(noise(), name="stack", contrast_limits=(0, 255), **SPACE)
    painting.inputs.image_layer.value = layer
    painting.inputs.mask_layer.value = viewer.add_labels(marks, name="marks", **SPACE)
    painting.parameters.widgets["steps"].value = 2
    choose(painting, Choice(ALL, 0))
    return layer


def whole(layer: Image, data: np.ndarray, result: Image) -> np.ndarray:
    """The source with the result in its place."""
    out = data.copy()
    corner = np.round(layer.world_to_data(result.data_to_world((0, 0, 0)))).astype(int)
    out[tuple(slice(c, c + n) for c, n in zip(corner, result.data.shape, strict=False))] = result.data
    return out


def test_each_slice_is_what_it_would_be_alone(
    stack: Image,
    painting: SynthesisDock,
    viewer: Viewer,
    marks: np.ndarray,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    tiny: Classifier,
    qtbot: QtBot,
) -> None:
    data = stack.data.copy()
    press(painting)
    settle()
    assert errors() == [] and painting.status.text() == "Done: 3 of 3 slices"
    result = history.keeper.active.layer
    assert [x.name for x in viewer.layers] == ["stack", "marks", "stack · paint · 4 slices"] and len(result.data) == 4
    edited = whole(stack, data, result)
    changed = edited != data
    assert changed[[0, 2, 3]].any((1, 2)).all() and not changed[1].any() and not changed[marks == 0].any()
    assert np.array_equal(stack.data, data)
    for one in result.metadata[SLICES]["slices"]:
        recipe = Recipe.from_dict(one["recipe"])
        assert recipe.image["index"] == [one["slice"]]
        top, left, bottom, right = recipe.image["part"]
        job = restore(recipe, tiny, data[one["slice"], top:bottom, left:right])
        *_, state = job.replay(recipe.changes, recipe.last_step)
        assert np.array_equal(job.result(state.x), edited[one["slice"], top:bottom, left:right])
    assert painting.inputs.image_layer.value is result and painting.inputs.scope.choice == Choice(ALL, 0)
    press(painting)
    settle()
    assert history.keeper.active.layer is result and (whole(stack, data, result) != edited).any(), "edits add up"
    click(qtbot, history.undo_button)
    settle()
    painting.inputs.image_layer.value = stack
    choose(painting, Choice(SHOWN))
    for number in (0, 2):
        viewer.dims.set_point(0, stack.data_to_world((number, 0, 0))[0])
        press(painting)
        settle()
        alone = whole(stack, data, history.keeper.active.layer)
        assert np.argwhere(alone[number] != edited[number]).tolist() == []
    viewer.layers.selection.active = result
    click(qtbot, history.accept_button)
    settle()
    assert np.array_equal(stack.data, edited) and len(stack.metadata[SLICES]["slices"]) == 3
    click(qtbot, history.undo_button)
    settle()
    assert stack.data.tobytes() == data.tobytes() and SLICES not in stack.metadata
    history.keeper.activate(result)
    click(qtbot, history.undo_button)
    settle()
    assert np.array_equal(whole(stack, data, result), data), "one edit"
    assert SLICES not in result.metadata and errors() == []


def test_a_new_mask_for_all_slices(stack: Image, painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    painting.inputs.new_mask.click()
    mask = painting.inputs.mask_layer.value
    assert isinstance(mask, Labels) and mask.data.shape == SHAPE
    for corner in ((0, 0, 0), (3, 10, 20)):
        np.testing.assert_allclose(mask.data_to_world(corner), stack.data_to_world(corner))


def test_nothing_is_marked(stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    viewer.layers["marks"].data = np.zeros(SHAPE, np.uint8)
    press(painting)
    assert errors() == ["the mask is empty in every slice: paint the region that may change"]
    assert len(viewer.layers) == 2


def test_a_slice_that_fails_does_not_stop_the_rest(
    stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press
) -> None:
    data = noise("<f4")
    data[2] = np.nan
    stack.data = data
    stack.contrast_limits = (0, 1)
    press(painting)
    assert errors() == [
        "1 of 3 slices failed and are as they were (2): the image has NaN or infinite pixels: replace them first"
    ]
    assert painting.status.text() == "Done: 2 of 3 slices"
    edited = whole(stack, data, viewer.layers[-1])
    assert edited[2].tobytes() == data[2].tobytes() and (edited[[0, 3]] != data[[0, 3]]).any((1, 2)).all()


def test_what_is_done_stays_when_it_is_stopped(
    stack: Image,
    painting: SynthesisDock,
    viewer: Viewer,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together(monkeypatch, 1)
    data = stack.data.copy()
    painting.parameters.widgets["steps"].value = 20
    press(painting, wait=False)
    assert isinstance(painting.session, StackSession)
    words: list[str] = []
    show = painting.session.on_frame

    def on_frame(shown: object) -> None:
        words.append(shown.score)
        show(shown)
        if shown.step > 22:
            painting.session.progress.bar.cancel()

    painting.session.on_frame = on_frame
    qtbot.waitUntil(lambda: painting.session is None, timeout=60_000)
    assert painting.status.text() == "Stopped: 1 of 3 slices"
    assert words[0].startswith("slice 0 (1 of 3)") and words[-1].startswith("slice 2 (2 of 3)")
    changed = whole(stack, data, viewer.layers[-1]) != data
    assert changed.any((1, 2)).tolist() == [True, False, False, False]
    assert RECIPE not in viewer.layers[-1].metadata and errors() == []


def test_a_setting_moved_on_the_way_holds_for_the_slices_that_follow(
    stack: Image,
    painting: SynthesisDock,
    viewer: Viewer,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together(monkeypatch, 1)
    painting.parameters.widgets["steps"].value = 12
    press(painting, wait=False)
    painting.parameters.widgets["eps"].value = 3.0
    qtbot.waitUntil(lambda: painting.session is None, timeout=60_000)
    recipes = [Recipe.from_dict(one["recipe"]) for one in viewer.layers[-1].metadata[SLICES]["slices"]]
    assert [recipe.changes[0][1] for recipe in recipes] == [{"eps": 3.0}] * 3
    assert [recipe.changes[0][0] for recipe in recipes][1:] == [0, 0]
