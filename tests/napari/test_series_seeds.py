"""Variations from other seeds, of what is drawn anew and of an edit; the one picked is the run alone."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth._napari.series.series import by_class, by_classifier, by_seed, by_strength
from napari_robust_synth.tasks import Generate

from .hands import click
from .side import choose, opened, run, settle, stem

Press = Callable[..., None]


@pytest.fixture
def generating(dock: SynthesisDock) -> SynthesisDock:
    dock.task.value = "generate"
    dock.inputs.label.setCurrentText("church")
    dock.parameters.widgets["steps"].value = 2
    dock.parameters.seed.value = 5
    return dock


def test_variations_and_the_one_picked_is_the_run_alone(
    generating: SynthesisDock, viewer: Viewer, qtbot: QtBot, press: Press
) -> None:
    dialog = opened(generating, qtbot)
    assert dialog.form.axis.value == "seed"
    assert stem(run(qtbot, dialog)) == ["seed 5", "seed 6", "seed 7", "seed 8"]
    (stack,) = viewer.layers
    assert stack.data.shape[0] == 4
    assert viewer.dims.axis_labels[0] == "seed"
    assert generating.inputs.image_layer.value is None
    choose(qtbot, dialog, 2)
    assert viewer.dims.point[0] == 2
    click(qtbot, dialog.pick_button)
    settle(qtbot, viewer)
    picked = viewer.layers[-1]
    assert not stack.visible
    generating.parameters.widgets["n"].value = 1
    generating.parameters.seed.value = 7
    press(generating)
    settle(qtbot, viewer)
    alone = viewer.layers[-1]
    assert alone is not picked
    np.testing.assert_array_equal(alone.data, picked.data)
    assert alone.metadata[RECIPE] == picked.metadata[RECIPE]


def test_variations_of_an_edit(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, press: Press) -> None:
    painting.parameters.widgets["steps"].value = 2
    dialog = opened(painting, qtbot)
    assert dialog.form.axis.value == "seed"
    assert stem(run(qtbot, dialog)) == ["seed 0", "seed 1", "seed 2", "seed 3"]
    assert len({made.shown.tobytes() for made in dialog.made}) == 4
    choose(qtbot, dialog, 1)
    click(qtbot, dialog.pick_button)
    settle(qtbot, viewer)
    data, recipe = viewer.layers["photo · paint"].data.copy(), viewer.layers["photo · paint"].metadata[RECIPE]
    assert (recipe["seed"], recipe["parameters"]["variation"]) == (1, 0.5)
    assert painting.parameters.widgets["variation"].value == 0, "the form stays as it is"
    painting.parameters.widgets["variation"].value, painting.parameters.seed.value = 0.5, 1
    painting.inputs.image_layer.value = viewer.layers["photo"]
    painting.history.new_layer.setChecked(True)
    press(painting)
    settle(qtbot, viewer)
    np.testing.assert_array_equal(viewer.layers[-1].data, data)


def test_each_is_one_picture_of_a_task_that_draws_several() -> None:
    request = Request(task=Generate(n=4), preset="default", model="bundled", device="cpu", label="church")
    made = [
        by_seed(request, 2),
        by_strength(request, "10, 20"),
        by_class(request, ["church", "tench"]),
        by_classifier(request, "bundled"),
    ]
    assert {item.request.task.n for items in made for item in items} == {1}
