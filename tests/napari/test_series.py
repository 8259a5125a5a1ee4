"""Several results side by side: what they are, how they are shown, that the one picked is the run alone."""

from collections.abc import Callable
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE, SERIES
from napari_robust_synth._napari.series.board import GAP
from napari_robust_synth.models import Classifier, ModelCard
from napari_robust_synth.models.checkpoints import build, save_model
from napari_robust_synth.tasks import Recipe, restore

from .conftest import errors
from .hands import click, type_into
from .side import choose, opened, run, settle, stem

Press = Callable[..., None]


def test_every_class_of_an_edit(
    painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, press: Press, photo: np.ndarray
) -> None:
    painting.parameters.widgets["steps"].value = 2
    dialog = opened(painting, qtbot, "Classes")
    assert stem(run(qtbot, dialog)) == ["tench", "church", "golden retriever"]
    stack, source = viewer.layers[-1], viewer.layers["photo"]
    assert stack.data.shape[0] == 4
    np.testing.assert_allclose(
        stack.data_to_world((0, dialog.board.strip - 0.5, -0.5))[1:], source.data_to_world((-0.5, -0.5)), atol=1e-6
    )
    viewer.dims.set_point(0, 2)
    assert dialog.results.currentRow() == 1
    click(qtbot, dialog.pick_button)
    settle(qtbot, viewer)
    picked = viewer.layers["photo · paint"]
    assert painting.inputs.image_layer.value is picked
    data, recipe = picked.data.copy(), dict(picked.metadata[RECIPE])
    qtbot.mouseClick(painting.history.undo_button, Qt.MouseButton.LeftButton)
    settle(qtbot, viewer)
    np.testing.assert_array_equal(picked.data, photo)
    painting.inputs.image_layer.value = source
    painting.history.new_layer.setChecked(True)
    press(painting)
    settle(qtbot, viewer)
    np.testing.assert_array_equal(viewer.layers[-1].data, data)
    assert viewer.layers[-1].metadata[RECIPE] == recipe


def test_recipes_of_all_are_with_the_layer(
    painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray, tiny: Classifier
) -> None:
    dialog = opened(painting, qtbot, "Strengths")
    type_into(qtbot, dialog.form.strengths, "2, 8")
    assert stem(run(qtbot, dialog)) == ["eps 2", "eps 8"]
    kept = viewer.layers[-1].metadata[SERIES]["results"]
    assert [entry["title"].partition(" · ")[0] for entry in kept] == ["eps 2", "eps 8"]
    for entry, made in zip(kept, dialog.made, strict=True):
        recipe = Recipe.from_dict(entry["recipe"])
        np.testing.assert_array_equal(restore(recipe, tiny, photo).run(), made.outcome().result)


def test_a_grid_lies_beside_the_picture(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    dialog = opened(painting, qtbot, "Classes")
    qtbot.mouseClick(dialog.form.classes.none_button, Qt.MouseButton.LeftButton)
    type_into(qtbot, dialog.form.classes.search, "en")
    qtbot.mouseClick(dialog.form.classes.all_button, Qt.MouseButton.LeftButton)
    dialog.form.shown_as.native.setCurrentText("Grid")
    assert stem(run(qtbot, dialog)) == ["tench", "golden retriever"]
    grid, source = viewer.layers[-1], viewer.layers["photo"]
    corners = [source.world_to_data(grid.data_to_world(c)) for c in ((-0.5, -0.5), np.array(grid.data.shape[:2]) - 0.5)]
    assert corners[0][0] == pytest.approx(-0.5)
    assert corners[0][1] > 95.5
    assert corners[1][0] == pytest.approx(71.5, abs=1)
    shown = dialog.made[1].shown
    height, width = shown.shape[:2]
    left = 2 * (width + GAP)
    np.testing.assert_array_equal(
        grid.data[dialog.board.strip : dialog.board.strip + height, left : left + width, :3], shown
    )
    choose(qtbot, dialog, 0)
    click(qtbot, dialog.pick_button)
    qtbot.waitUntil(lambda: "photo · paint" in viewer.layers, timeout=10_000)
    assert grid.visible


def another(folder: Path, names: tuple[str, ...]) -> str:
    card = ModelCard("resnet18", 64, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), names)
    save_model(folder, build("resnet18", len(names)), card)
    return str(folder)


def test_another_classifier(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(painting, qtbot, "Classifiers")
    assert dialog.form.hint.text().startswith("Choose another classifier")
    assert not dialog.run_button.isEnabled()
    painting.model.value = another(tmp_path / "plain", ("tench", "church"))
    painting.model.value = "bundled"
    assert dialog.form.other.value == str(tmp_path / "plain"), "the first that is another one"
    qtbot.waitUntil(lambda: "ready" in painting.status.text(), timeout=60_000)
    assert dialog.form.hint.isHidden() and dialog.run_button.isEnabled()
    assert stem(run(qtbot, dialog)) == ["bundled", "plain"]
    choose(qtbot, dialog, 1)
    click(qtbot, dialog.pick_button)
    settle(qtbot, viewer)
    assert viewer.layers["photo · paint"].metadata[RECIPE]["model"] == str(tmp_path / "plain")
    dialog.form.other.value = another(tmp_path / "cats", ("tench", "cat"))
    run(qtbot, dialog)
    assert errors()[-1] == "classifier 'cats' can't do the same: unknown class 'church': the nearest are 'tench', 'cat'"
    painting.inputs.features.setText("3")
    run(qtbot, dialog)
    assert errors()[-1].startswith("a feature is a number in one classifier")


@pytest.mark.parametrize("grid", [False, True])
def test_slices_and_parts(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, grid: bool) -> None:
    stack = da.from_array(np.random.default_rng(0).integers(0, 255, (3, 300, 400), np.uint8), chunks=(1, 64, 64))
    image = viewer.add_image(stack, name="stack", contrast_limits=(0, 255), scale=(4, 2, 2))
    marks = np.zeros(stack.shape, np.uint8)
    marks[1, 150:160, 200:210] = 1
    viewer.add_labels(marks, name="marks", scale=(4, 2, 2))
    viewer.dims.set_current_step(0, 1)
    dock.parameters.widgets["steps"].value = 1
    dialog = opened(dock, qtbot, "Classes")
    dialog.form.shown_as.native.setCurrentText("Grid" if grid else "Stack with a slider")
    run(qtbot, dialog)
    assert errors() == []
    board = dialog.board.layer
    assert board.ndim == (3 if grid else 4)
    top, left, _, right = dialog.made[0].kept.recipe.image["part"]
    corner = image.world_to_data(
        board.data_to_world((0, -0.5, -0.5) if grid else (0, 0, dialog.board.strip - 0.5, -0.5))[-3:]
    )
    np.testing.assert_allclose(corner[0], 1)
    if grid:
        assert corner[2] > right - 0.5
    else:
        np.testing.assert_allclose(corner[1:], (top - 0.5, left - 0.5))
    click(qtbot, dialog.pick_button)
    settle(qtbot, viewer)
    picked = viewer.layers[-1]
    assert isinstance(picked, Image)
    np.testing.assert_allclose(image.world_to_data(picked.data_to_world((0, 0, 0))), (1, top, left))
