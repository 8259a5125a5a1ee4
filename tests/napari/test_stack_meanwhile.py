"""What a person does while all slices run: paint in the mask, and change settings."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.offers import ALL, Choice
from napari_robust_synth._napari.layers.recipes import SLICES
from napari_robust_synth._napari.stack.control import StackControl
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Recipe, restore

from .conftest import errors
from .scopes import SHAPE, choose, together

Press = Callable[..., None]
After = Callable[..., None]


@pytest.fixture
def stack(painting: SynthesisDock, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> Image:
    """The dock, ready for four slices one by one, of which the tiny classifier makes different things."""
    together(monkeypatch, 1)
    data, marks = np.zeros((*SHAPE, 3), np.uint8), np.zeros(SHAPE, np.uint8)
    data[::2], data[1::2] = (5, 2, 250), (250, 125, 5)
    marks[:, 20:44, 30:62] = 1
    viewer.layers.clear()
    layer = viewer.add_image(data, name="stack", rgb=True)
    painting.inputs.image_layer.value = layer
    painting.inputs.mask_layer.value = viewer.add_labels(marks, name="marks")
    painting.parameters.widgets["steps"].value = 4
    painting.parameters.working_size.value = 96
    choose(painting, Choice(ALL, 0))
    return layer


@pytest.fixture
def after_each(monkeypatch: pytest.MonkeyPatch) -> After:
    """Do something when a slice has made its last step: the first the first, and so on."""

    def then(*acts: Callable[[], None]) -> None:
        left, real = list(acts), Job.result

        def result(job: Job, x: object) -> np.ndarray:
            if left:
                left.pop(0)()
            return real(job, x)

        monkeypatch.setattr(Job, "result", result)

    return then


def recipes(viewer: Viewer) -> list[Recipe]:
    return [Recipe.from_dict(one["recipe"]) for one in viewer.layers[-1].metadata[SLICES]["slices"]]


def pixels(layer: Image, recipe: Recipe) -> np.ndarray:
    top, left, bottom, right = recipe.image["part"]
    return layer.data[recipe.image["index"][0], top:bottom, left:right]


@pytest.mark.parametrize("planar", [False, True])
def test_what_is_painted_meanwhile_changes_no_slice(
    stack: Image,
    painting: SynthesisDock,
    viewer: Viewer,
    press: Press,
    after_each: After,
    tiny: Classifier,
    planar: bool,
) -> None:
    marks = viewer.layers["marks"]
    if planar:
        marks.data = marks.data[0].copy()
    before = marks.data.copy()

    def paint() -> None:
        marks.data[..., 20:40, 30:62] = 0
        marks.data[..., 10:30, 40:80] = 1

    after_each(paint)
    press(painting)
    assert errors() == [] and painting.status.text() == "Done: 4 of 4 slices"
    for recipe in recipes(viewer):
        top, left, bottom, right = recipe.image["part"]
        marked = before[(0,) * (before.ndim - 2)][top:bottom, left:right]
        assert np.array_equal(restore(recipe, tiny, pixels(stack, recipe)).picture.mask, marked != 0)


def test_the_newest_setting_holds_for_the_slices_that_follow(
    stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press, after_each: After
) -> None:
    after_each(lambda: painting.session.change(eps=3.0), lambda: painting.session.change(eps=7.0))
    press(painting)
    changes = [recipe.changes for recipe in recipes(viewer)]
    assert changes == [[], [(0, {"eps": 3.0})], [(0, {"eps": 7.0})], [(0, {"eps": 7.0})]]


def test_a_class_that_is_to_be_guessed_is_guessed_for_each_slice(
    stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press, after_each: After, tiny: Classifier
) -> None:
    painting.task.value = "inpaint"
    painting.inputs.label.setCurrentText("golden retriever")
    painting.parameters.widgets["steps"].value = 4
    painting.parameters.working_size.value = 96
    after_each(lambda: painting.session.aim({"label": None}))
    press(painting)
    first, *others = recipes(viewer)
    guesses = [restore(replace(recipe, label=None), tiny, pixels(stack, recipe)).label for recipe in others]
    assert len(set(guesses)) == 2 and first.changes == []
    assert [recipe.changes for recipe in others] == [[(0, {"label": guess})] for guess in guesses]


def test_what_is_refused_is_told_once(
    stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press, after_each: After
) -> None:
    after_each(lambda: painting.session.change(label="nothing", eps=3.0))
    press(painting)
    assert len(errors()) == 1 and "nothing" in errors()[0]
    first, *others = recipes(viewer)
    assert first.changes == [] and [recipe.changes for recipe in others] == [[(0, {"eps": 3.0})]] * 3


def test_targets_that_were_set_in_other_slices_hold() -> None:
    control = StackControl()
    for change in ({"palette": {"1": "church"}, "label": "tench"}, {"palette": {"2": "tench"}, "features": [3]}):
        control.changes.put(change)
        assert control.pending() == change
    control.begin({1, 4})
    control.changes.put({"eps": 3.0})
    assert control.pending() == {"palette": {"1": "church"}, "features": [3], "eps": 3.0}
    assert control.pending() is None
    control.begin(())
    assert control.pending() == {"features": [3], "eps": 3.0}
