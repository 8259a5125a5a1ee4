"""Runs in the real dock, started with real clicks."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Paint, Recipe, restore

Press = Callable[..., None]


def test_paint(painting: SynthesisDock, viewer: Viewer, photo: np.ndarray, mask: np.ndarray, press: Press) -> None:
    before = photo.copy()
    press(painting)
    assert [x.name for x in viewer.layers] == ["photo", "region", "photo · paint"]
    source, result = viewer.layers["photo"], viewer.layers["photo · paint"]
    np.testing.assert_array_equal(source.data, before)
    np.testing.assert_array_equal(result.data[~mask], before[~mask])
    assert (result.data[mask] != before[mask]).any()
    assert result.data.dtype == before.dtype
    for name in ("scale", "translate", "rotate", "shear", "units", "axis_labels"):
        assert np.array_equal(getattr(result, name), getattr(source, name)), name
    assert painting.status.text().startswith("church: ")
    assert painting.status.text().endswith("% after")
    assert painting.run_button.isEnabled()


def test_recipe_of_a_layer_replays(
    painting: SynthesisDock, viewer: Viewer, photo: np.ndarray, tiny: Classifier, press: Press
) -> None:
    press(painting)
    recipe = Recipe.from_dict(viewer.layers[-1].metadata[RECIPE])
    job = restore(recipe, tiny, photo)
    *_, state = job.replay(recipe.changes, recipe.last_step)
    np.testing.assert_array_equal(job.result(state.x), viewer.layers[-1].data)


def test_change_while_running_is_recorded_and_replays(
    painting: SynthesisDock, viewer: Viewer, photo: np.ndarray, tiny: Classifier, press: Press, qtbot: QtBot
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 3, timeout=30_000)
    painting.parameters.widgets["eps"].value = 5.0
    qtbot.waitUntil(painting.session.control.changes.empty, timeout=30_000)
    qtbot.wait(100)
    press(painting, "stop_button")
    recipe = Recipe.from_dict(viewer.layers[-1].metadata[RECIPE])
    assert [change for _, change in recipe.changes] == [{"eps": 5.0}]
    assert recipe.parameters["eps"] == Paint().eps
    job = restore(recipe, tiny, photo)
    *_, state = job.replay(recipe.changes, recipe.last_step)
    np.testing.assert_array_equal(job.result(state.x), viewer.layers[-1].data)


def test_stop_keeps_what_was_made(painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 3, timeout=30_000)
    press(painting, "stop_button")
    assert 3 < viewer.layers["photo · paint"].metadata[RECIPE]["last_step"] < 2000


def test_cancel_in_the_activity_dock(painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 3, timeout=30_000)
    painting.session.progress.bar.cancel()
    qtbot.waitUntil(lambda: painting.session is None, timeout=5_000)
    assert "photo · paint" in viewer.layers


def test_pause_and_stop_while_paused(painting: SynthesisDock, press: Press, qtbot: QtBot) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 3, timeout=30_000)
    press(painting, "pause_button", wait=False)
    qtbot.wait(1000)  # the step under way, and the bar that follows it
    step = painting.bar.value()
    qtbot.wait(300)
    assert painting.bar.value() == step
    assert painting.pause_button.text() == "Resume"
    press(painting, "pause_button", wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > step, timeout=30_000)
    press(painting, "pause_button", wait=False)
    press(painting, "stop_button")
    assert painting.pause_button.text() == "Pause"


def test_preview_is_small_and_lies_on_the_image(
    painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 1, timeout=30_000)
    preview, photo = viewer.layers[-1], viewer.layers["photo"]
    assert preview.data.shape == (55, 74, 4)
    np.testing.assert_allclose(preview.data_to_world((-0.5, -0.5)), photo.data_to_world((-0.5, -0.5)), atol=1e-6)
    np.testing.assert_allclose(preview.data_to_world((54.5, 73.5)), photo.data_to_world((71.5, 95.5)), atol=1e-6)
    assert viewer.layers.selection.active is not preview
    press(painting, "stop_button")
    assert preview not in viewer.layers


@pytest.mark.parametrize("task", ["inpaint", "translate", "sketch", "super-resolve", "generate"])
def test_every_task(
    dock: SynthesisDock, viewer: Viewer, photo: np.ndarray, mask: np.ndarray, task: str, press: Press
) -> None:
    viewer.add_image(photo, name="photo", rgb=True, scale=(2, 2), translate=(3, 4))
    viewer.add_labels(mask.astype(np.uint8), name="region", scale=(2, 2), translate=(3, 4))
    dock.task.value = task
    dock.parameters.widgets["steps"].value = 2
    press(dock)
    result, source = viewer.layers[-1], viewer.layers["photo"]
    factor = 8 if task == "super-resolve" else 1
    if task == "generate":
        assert result.name == "tench · generate"
        side = dock.parameters.working_size.value
        assert result.data.shape == (2 * side, 2 * side, 3)
    else:
        assert result.data.shape == (72 * factor, 96 * factor, 3)
        np.testing.assert_allclose(result.data_to_world((-0.5, -0.5)), source.data_to_world((-0.5, -0.5)))
        corner = (72 * factor - 0.5, 96 * factor - 0.5)
        np.testing.assert_allclose(result.data_to_world(corner), source.data_to_world((71.5, 95.5)))
    assert result.metadata[RECIPE]["task"] == task


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_grey_keeps_dtype_and_contrast_limits_mean_black_and_white(
    dock: SynthesisDock, viewer: Viewer, dtype: type, mask: np.ndarray, press: Press
) -> None:
    grey = np.linspace(10, 200, 72 * 96).reshape(72, 96).astype(dtype)
    viewer.add_image(grey, name="grey", contrast_limits=(0, 250), colormap="magma")
    viewer.add_labels(mask.astype(np.uint8))
    dock.parameters.widgets["steps"].value = 2
    press(dock)
    result = viewer.layers["grey · paint"]
    assert result.data.dtype == dtype
    assert result.data.shape == (72, 96)
    assert result.colormap.name == "magma"
    assert result.metadata[RECIPE]["value_range"] == [0, 250]
    np.testing.assert_array_equal(result.data[~mask], grey[~mask])
