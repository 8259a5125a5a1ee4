"""Slices that run together: each is what it would be alone, and what is done stays."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.offers import ALL, Choice
from napari_robust_synth._napari.layers.recipes import SLICES
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, batches, restore

from .conftest import errors
from .scopes import SHAPE, choose, noise, room_for_one, together

Press = Callable[..., None]


@pytest.fixture
def stack(painting: SynthesisDock, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> Image:
    """The dock, ready for four slices, another rectangle in each, two of which run together."""
    together(monkeypatch, 2)
    marks = np.zeros(SHAPE, np.uint8)
    for i in range(4):
        marks[i, 10 + 5 * i : 30 + 5 * i, 20 : 44 + 3 * i] = 1
    viewer.layers.clear()
    layer = viewer.add_image(noise(), name="stack", contrast_limits=(0, 255))
    painting.inputs.image_layer.value = layer
    painting.inputs.mask_layer.value = viewer.add_labels(marks, name="marks")
    choose(painting, Choice(ALL, 0))
    return layer


def recipes(viewer: Viewer) -> list[Recipe]:
    return [Recipe.from_dict(one["recipe"]) for one in viewer.layers[-1].metadata[SLICES]["slices"]]


def check_alone(viewer: Viewer, data: np.ndarray, tiny: Classifier) -> None:
    """Make each slice again by its own recipe."""
    result = viewer.layers[-1]
    rows, columns = (int(v) for v in np.round(result.translate[-2:]))
    for number, recipe in enumerate(recipes(viewer)):
        top, left, bottom, right = recipe.image["part"]
        job = restore(recipe, tiny, data[number, top:bottom, left:right])
        *_, state = job.replay(recipe.changes, recipe.last_step)
        shown = result.data[number, top - rows : bottom - rows, left - columns : right - columns]
        most = 0 if batches._exact(job.classifier, job.start.shape[1:], 2) else 8
        assert np.abs(job.result(state.x).astype(int) - shown).max() <= most


def test_each_is_what_it_would_be_alone(
    stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press, tiny: Classifier
) -> None:
    press(painting)
    assert errors() == [] and painting.status.text() == "Done: 4 of 4 slices"
    assert (viewer.layers[-1].data != stack.data).any((1, 2)).all()
    check_alone(viewer, stack.data, tiny)


def test_two_are_done_and_two_are_not(
    stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, tiny: Classifier
) -> None:
    painting.parameters.widgets["steps"].value = 20
    press(painting, wait=False)
    words, show = [], painting.session.on_frame

    def on_frame(shown: object) -> None:
        words.append((shown.score.split(" · ")[0], shown.step, shown.steps))
        show(shown)
        if shown.step > 45:
            painting.session.stop()

    painting.session.on_frame = on_frame
    qtbot.waitUntil(lambda: painting.session is None, timeout=60_000)
    assert painting.status.text() == "Stopped: 2 of 4 slices" and errors() == []
    assert words[0] == ("slices 0 to 1 (2 of 4)", words[0][1], 80) and words[-1][0] == "slices 2 to 3 (4 of 4)"
    assert (viewer.layers[-1].data != stack.data).any((1, 2)).tolist() == [True, True, False, False]
    check_alone(viewer, stack.data, tiny)


def test_a_setting_moved_on_the_way_holds_for_all_that_follow(
    stack: Image, painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, tiny: Classifier
) -> None:
    painting.parameters.widgets["steps"].value = 12
    press(painting, wait=False)
    painting.parameters.widgets["eps"].value = 3.0
    qtbot.waitUntil(lambda: painting.session is None, timeout=60_000)
    first, second, *others = (recipe.changes for recipe in recipes(viewer))
    assert first == second and others == [[(0, {"eps": 3.0})]] * 2
    check_alone(viewer, stack.data, tiny)


def test_out_of_memory_they_run_one_by_one(
    stack: Image,
    painting: SynthesisDock,
    viewer: Viewer,
    press: Press,
    tiny: Classifier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        room_for_one(patch)
        press(painting)
    assert errors() == [] and painting.status.text() == "Done: 4 of 4 slices"
    check_alone(viewer, stack.data, tiny)
