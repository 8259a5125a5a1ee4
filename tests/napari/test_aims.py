"""Class and features follow a run that goes on; picture and mask do not; what it ended as is told, and replays."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, restore

from .conftest import errors
from .hands import type_into

Press = Callable[..., None]

LIST = "numbers such as 12, 305, or names from the feature browser, with commas"


@pytest.fixture
def running(painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> SynthesisDock:
    """Paints a church, for a long time."""
    viewer.window.resize(1200, 900)
    viewer.show()
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 1, timeout=30_000)
    return painting


def result(dock: SynthesisDock, viewer: Viewer, press: Press) -> tuple[np.ndarray, Recipe]:
    press(dock, "stop_button")
    layer = viewer.layers[f"photo · {dock.task.value}"]
    return layer.data, Recipe.from_dict(layer.metadata[RECIPE])


def replayed(recipe: Recipe, tiny: Classifier, photo: np.ndarray) -> np.ndarray:
    job = restore(recipe, tiny, photo)
    *_, state = job.replay(recipe.changes, recipe.last_step)
    return job.result(state.x)


def test_another_class_and_then_features(
    running: SynthesisDock, viewer: Viewer, photo: np.ndarray, tiny: Classifier, press: Press, qtbot: QtBot
) -> None:
    type_into(qtbot, running.inputs.label.lineEdit(), "tench")
    qtbot.waitUntil(lambda: "tench " in running.status.text(), timeout=30_000)
    type_into(qtbot, running.inputs.features, "7, 9")
    qtbot.waitUntil(lambda: "features 7, 9: " in running.status.text(), timeout=30_000)
    pixels, recipe = result(running, viewer, press)
    assert [change for _, change in recipe.changes] == [
        {"label": "tench", "features": []},
        {"label": None, "features": [7, 9]},
    ]
    assert recipe.label == "church" and recipe.features == []
    np.testing.assert_array_equal(replayed(recipe, tiny, photo), pixels)
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
    history = keeper_of(viewer).active.history
    assert history.entries[history.current].title == "paint · feature 7, 9"
    assert errors() == []


def test_the_verdict_is_about_the_last_class(
    running: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    type_into(qtbot, running.inputs.label.lineEdit(), "ten")
    qtbot.waitUntil(lambda: "tench " in running.status.text(), timeout=30_000)
    _, recipe = result(running, viewer, press)
    assert [change for _, change in recipe.changes] == [{"label": "tench", "features": []}], "not one for each letter"
    assert running.status.text().startswith("tench: ")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("9999", "feature 9999 is out of range, expected 0 to 511"),
        ("7, x", f"features are '7, x', expected {LIST}"),
    ],
)
def test_what_cannot_be_followed_is_told_and_it_goes_on(
    running: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, typed: str, message: str
) -> None:
    type_into(qtbot, running.inputs.features, typed)
    qtbot.waitUntil(lambda: errors() != [], timeout=30_000)
    assert errors()[0] == message and running.session is not None
    _, recipe = result(running, viewer, press)
    assert recipe.changes == []


def test_the_same_again_is_no_change(running: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    type_into(qtbot, running.inputs.label.lineEdit(), "church")
    type_into(qtbot, running.inputs.features, "")
    running.model.changed.emit(running.model.value)
    qtbot.wait(200)
    assert result(running, viewer, press)[1].changes == []


@pytest.mark.parametrize("task", ["paint", "counterfactual"])
def test_what_a_run_keeps_is_locked(painting: SynthesisDock, press: Press, task: str, qtbot: QtBot) -> None:
    painting.task.value = task
    painting.parameters.widgets["steps"].value = 1000
    inputs = painting.inputs
    locked = [inputs.image_layer.native, inputs.mask_layer.native, inputs.region.native, inputs.new_mask, inputs.scope]
    assert all(part.isEnabled() for part in (*locked, inputs.label, inputs.features))
    press(painting, wait=False)
    assert not any(part.isEnabled() for part in locked)
    assert inputs.label.isEnabled() == inputs.features.isEnabled() == (task == "paint")
    press(painting, "stop_button")
    assert all(part.isEnabled() for part in (*locked, inputs.label, inputs.features))
