"""Recipes of a slice of a stack, of objects, of a live painting: each can be replayed, and edited."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth import tasks
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import as_metadata
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import replay
from napari_robust_synth.tasks.distances import put_together
from napari_robust_synth.tasks.recipe import pixel_hash
from tests.napari.hands import click

Press = Callable[..., None]


@pytest.fixture
def wanted(dock: SynthesisDock, viewer: Viewer, tiny_model_folder: Path, qtbot: QtBot) -> SynthesisDock:
    dock.model.value = str(tiny_model_folder)
    qtbot.waitUntil(lambda: "ready" in dock.status.text(), timeout=60_000)
    viewer.show()
    return dock


def press_in(qtbot: QtBot, dock: SynthesisDock, button: str) -> RecipeDialog:
    if not dock.recipe_button.dialog.isVisible():
        click(qtbot, dock.recipe_button)
    dialog = dock.recipe_button.dialog
    click(qtbot, getattr(dialog, button))
    qtbot.waitUntil(lambda: dialog.job is None, timeout=60_000)
    return dialog


def show_result(
    viewer: Viewer, photo: np.ndarray, result: np.ndarray, jobs: dict[int, tasks.Job | tasks.Live], folder: Path
) -> None:
    """Show a photo, and what jobs made of it, with their recipes."""
    image = {"path": None, "sha256": pixel_hash(photo), "of": "pixels"}
    kind = "whole" if 0 in jobs else "objects"
    numbered = [(n, tasks.record(job, getattr(job, "step", job.steps), image)) for n, job in jobs.items()]
    recipes = tasks.Recipes(tuple((n, replace(recipe, model=str(folder))) for n, recipe in numbered), kind)
    viewer.add_image(photo, name="photo", rgb=True)
    viewer.add_image(result, name="result", rgb=True, metadata=as_metadata(recipes))


def test_a_slice_of_a_stack(
    wanted: SynthesisDock,
    viewer: Viewer,
    photo: np.ndarray,
    tmp_path: Path,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = np.stack([photo[..., 0], photo[..., 1], 255 - photo[..., 0]]).astype(np.uint16) * 16
    layer = viewer.add_image(stack, name="stack", contrast_limits=(0, 4095), scale=(2, 1, 1))
    viewer.dims.set_point(0, 4)
    wanted.task.value = "translate"
    wanted.inputs.label.setCurrentText("church")
    wanted.parameters.widgets["steps"].value = 2
    press(wanted)
    result = viewer.layers[-1]
    viewer.layers.selection.active = result
    viewer.dims.set_point(0, 0)
    press_in(qtbot, wanted, "replay_button")
    again = viewer.layers[-1]
    np.testing.assert_array_equal(again.data, result.data)
    np.testing.assert_array_equal(again.translate, result.translate)
    viewer.layers.selection.active = result
    path = tmp_path / "slice.recipe.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    press_in(qtbot, wanted, "save_button")
    np.testing.assert_array_equal(replay(path), result.data[0])
    viewer.dims.set_point(0, 0)
    layer.contrast_limits = (0, 100)
    press_in(qtbot, wanted, "edit_button")
    assert wanted.inputs.image_layer.value is layer
    assert viewer.dims.point[0] == 4
    press(wanted)
    np.testing.assert_array_equal(viewer.layers[-1].data, result.data)


def test_objects(
    wanted: SynthesisDock, viewer: Viewer, tiny: Classifier, photo: np.ndarray, tiny_model_folder: Path, qtbot: QtBot
) -> None:
    labels = np.zeros(photo.shape[:2], np.uint8)
    labels[10:30, 10:40], labels[40:70, 50:90] = 2, 5
    task = tasks.Counterfactual(steps=3)
    jobs = {n: tasks.Job(task, tiny, image=photo, mask=labels == n, label="church") for n in (2, 5)}
    result = put_together([(job, job.run()) for job in jobs.values()])
    show_result(viewer, photo, result, jobs, tiny_model_folder)
    dialog = press_in(qtbot, wanted, "replay_button")
    assert "church · 2 objects" in dialog.about.text()
    np.testing.assert_array_equal(viewer.layers[-1].data, result)
    assert dialog.recipes.kind == "objects"
    press_in(qtbot, wanted, "edit_button")
    np.testing.assert_array_equal(wanted.inputs.mask_layer.value.data, labels)
    assert "choose each object" in dialog.status.text()


def test_a_live_painting(
    wanted: SynthesisDock, viewer: Viewer, tiny: Classifier, photo: np.ndarray, tiny_model_folder: Path, qtbot: QtBot
) -> None:
    palette = {1: tasks.Target(label="church"), 2: tasks.Target(features=(7,), strength=2.0)}
    live = tasks.Live(tasks.Palette(steps=2), tiny, image=photo, palette=palette)
    live.paint(10, 20, np.full((20, 20), 1))
    live.advance()
    live.paint(20, 30, np.full((20, 30), 2))
    list(live.states())
    show_result(viewer, photo, live.result(), {0: live}, tiny_model_folder)
    dialog = press_in(qtbot, wanted, "replay_button")
    assert "painted live" in dialog.about.text()
    np.testing.assert_array_equal(viewer.layers[-1].data, viewer.layers["result"].data)
    press_in(qtbot, wanted, "edit_button")
    assert wanted.task.value == "palette"
    expected = np.zeros((72, 96))
    expected[10:30, 20:40] = 1
    expected[20:40, 30:60] = 2
    np.testing.assert_array_equal(wanted.inputs.mask_layer.value.data, expected)
    qtbot.waitUntil(lambda: len(wanted.inputs.palette.targets()) == 2, timeout=10_000)
    assert wanted.inputs.palette.targets() == palette
    assert "every stroke" in dialog.status.text()


def test_another_model_than_then(
    wanted: SynthesisDock, viewer: Viewer, tiny: Classifier, photo: np.ndarray, qtbot: QtBot
) -> None:
    job = tasks.Job(tasks.Translate(steps=1), tiny, image=photo, label="church")
    show_result(viewer, photo, job.run(), {0: job}, Path("nowhere/at/all"))
    before = wanted.model.value
    for button in ("replay_button", "edit_button"):
        dialog = press_in(qtbot, wanted, button)
        assert "nowhere" in dialog.status.text()
    assert wanted.model.value == before
    assert len(viewer.layers) == 2


@pytest.mark.parametrize("what", ["source", "result", "all"])
def test_layers_that_go_away_meanwhile(
    wanted: SynthesisDock,
    viewer: Viewer,
    tiny: Classifier,
    photo: np.ndarray,
    tiny_model_folder: Path,
    qtbot: QtBot,
    what: str,
) -> None:
    job = tasks.Job(tasks.Translate(steps=3), tiny, image=photo, label="church")
    result = job.run()
    show_result(viewer, photo, result, {0: job}, tiny_model_folder)
    viewer.window._qt_window.hide()  # software OpenGL may crash when a layer goes while it draws
    dialog = wanted.recipe_button.dialog
    dialog.replay()
    gone = {"source": [viewer.layers[0]], "result": [viewer.layers[1]], "all": list(viewer.layers)}[what]
    for layer in gone:
        viewer.layers.remove(layer)
    qtbot.waitUntil(lambda: dialog.job is None, timeout=60_000)
    np.testing.assert_array_equal(viewer.layers[-1].data, result)
