"""The live brush: strokes of napari's own tools evolve as they come, rest, can be erased, and end as a recipe."""

import numpy as np
import pytest
from napari import Viewer
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QPoint, Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.live.painting import ELSEWHERE
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Live, Recipe, restore

from .brush import STEPS, labels_of, painted, preview, rested, stop
from .conftest import errors
from .hands import click


def replayed(recipe: Recipe, tiny: Classifier, photo: np.ndarray) -> np.ndarray:
    job = restore(recipe, tiny, photo)
    list(job.replay(recipe.changes, recipe.last_step))
    assert isinstance(job, Live)
    return job.result()


def test_a_stroke_of_the_mouse(
    live: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray, tiny: Classifier
) -> None:
    viewer.reset_view()
    viewer.layers.selection.active = labels_of(live)
    labels_of(live).brush_size = 12
    canvas = viewer.window._qt_viewer.canvas.native
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(canvas, middle + QPoint(20, 5))
    qtbot.waitUntil(lambda: preview(viewer).data.shape != (2, 2, 4) and painted(viewer) > 0, timeout=30_000)
    early = painted(viewer)
    qtbot.mouseMove(canvas, middle + QPoint(80, 30))
    qtbot.waitUntil(lambda: painted(viewer) > early, timeout=30_000)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(80, 30))
    rested(live, qtbot, STEPS)
    data = labels_of(live).data
    assert (data == 1).sum() > 100
    stop(live, qtbot)
    result = viewer.layers["photo · palette"].data
    assert (result != photo).any(2)[data == 1].mean() > 0.5
    np.testing.assert_array_equal(result[data == 0], photo[data == 0])
    recipe = Recipe.from_dict(viewer.layers["photo · palette"].metadata[RECIPE])
    assert recipe.live and len(recipe.changes) >= 2
    np.testing.assert_array_equal(replayed(recipe, tiny, photo), result)
    assert errors() == []


def test_strokes_on_another_slice_are_said_to_be_left(
    live: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray
) -> None:
    stop(live, qtbot)
    live.inputs.image_layer.value = viewer.add_image(np.stack([photo, photo]), rgb=True, name="photo")
    live.inputs.mask_layer.value = layer = viewer.add_labels(np.zeros((2, *photo.shape[:2]), np.uint8))
    viewer.dims.set_current_step(0, 0)
    click(qtbot, live.inputs.palette.live)
    notification_manager.records.clear()
    viewer.dims.set_current_step(0, 1)
    for column in (40, 50):
        layer.paint((1, 30, column), 1)
        qtbot.wait(60)
    assert [record.message for record in notification_manager.records] == [ELSEWHERE]
    viewer.dims.set_current_step(0, 0)
    layer.paint((0, 30, 40), 1)
    rested(live, qtbot, STEPS)
    stop(live, qtbot)
    result = viewer.layers[-1].data[0]
    assert (result != photo).any() and not (result != photo).any(2)[layer.data[0] == 0].any()


def test_in_a_slice_of_a_stack(
    live: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray, tiny: Classifier
) -> None:
    stop(live, qtbot)
    stack = np.stack([photo, photo[::-1], photo])
    live.inputs.image_layer.value = viewer.add_image(stack, rgb=True, name="photo")
    viewer.dims.set_current_step(0, 1)
    labels = np.zeros(stack.shape[:3], np.uint8)
    labels[0] = 5
    live.inputs.mask_layer.value = layer = viewer.add_labels(labels)
    qtbot.waitUntil(lambda: 5 not in live.inputs.palette.rows, timeout=30_000)
    click(qtbot, live.inputs.palette.live)
    layer.paint((1, 30, 40), 2)
    rested(live, qtbot, STEPS)
    stop(live, qtbot)
    result = viewer.layers[-1]
    assert result.data.shape == (1, *photo.shape)
    changed = (result.data[0] != stack[1]).any(2)
    assert changed.any() and not changed[layer.data[1] == 0].any()
    recipe = Recipe.from_dict(result.metadata[RECIPE])
    np.testing.assert_array_equal(replayed(recipe, tiny, stack[1]), result.data[0])
    keeper = keeper_of(viewer)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    keeper.undo()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    np.testing.assert_array_equal(result.data[0], stack[1])
    assert errors() == []


def test_labels_that_cover_too_much_of_a_large_image(
    live: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(live, qtbot)
    monkeypatch.setattr("napari_robust_synth._napari.layers.parts.LARGEST", 40)
    click(qtbot, live.inputs.palette.live)
    assert live.session is None and not live.inputs.palette.live.isChecked()
    assert len(errors()) == 1 and "expected 1 to 40 a side" in errors()[0]


def test_paint_fill_polygon_erase_and_undo(
    live: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray, tiny: Classifier
) -> None:
    layer = labels_of(live)
    layer.brush_size = 10
    layer.paint((20, 20), 1)
    rested(live, qtbot, STEPS)
    layer.paint_polygon(np.array([[40, 40], [40, 70], [60, 70], [60, 40]]), 2)
    rested(live, qtbot, 2 * STEPS)
    layer.fill((20, 20), 2)
    rested(live, qtbot, 3 * STEPS)
    both = painted(viewer)
    layer.paint((20, 20), 0)
    qtbot.waitUntil(lambda: painted(viewer) < both, timeout=10_000)
    layer.undo()
    qtbot.waitUntil(lambda: painted(viewer) == both, timeout=10_000)
    rested(live, qtbot, 4 * STEPS)
    layer.undo()
    layer.undo()
    rested(live, qtbot, 5 * STEPS)
    stop(live, qtbot)
    result = viewer.layers["photo · palette"]
    assert set(np.unique(layer.data)) == {0, 1}
    np.testing.assert_array_equal(result.data[layer.data == 0], photo[layer.data == 0])
    assert (result.data != photo).any()
    np.testing.assert_array_equal(replayed(Recipe.from_dict(result.metadata[RECIPE]), tiny, photo), result.data)


def test_erasing_everything_leaves_the_photo(
    live: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray
) -> None:
    labels_of(live).paint((20, 20), 1)
    qtbot.waitUntil(lambda: live.bar.value() > 2, timeout=30_000)
    labels_of(live).data = np.zeros((72, 96), np.uint8)
    qtbot.waitUntil(lambda: painted(viewer) == 0, timeout=30_000)
    stop(live, qtbot)
    np.testing.assert_array_equal(viewer.layers["photo · palette"].data, photo)


def test_it_sleeps_when_all_is_done_and_wakes_for_a_change(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    labels_of(live).paint((20, 20), 1)
    rested(live, qtbot, STEPS)
    qtbot.wait(300)
    assert live.bar.value() == STEPS and live.session.progress.bar is None, "napari's takes a frame of the window"
    live.inputs.palette.set_row(1, "tench")
    qtbot.waitUntil(lambda: live.bar.value() == 2 * STEPS, timeout=30_000)
    live.parameters.widgets["eps"].value = 9.0
    qtbot.waitUntil(lambda: live.bar.value() == 3 * STEPS, timeout=30_000)
    stop(live, qtbot)
    recipe = viewer.layers["photo · palette"].metadata[RECIPE]
    assert [sorted(change) for _, change in recipe["changes"]] == [["paint"], ["palette"], ["eps"]]


def test_a_new_label_gets_a_row_and_evolves(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    layer = labels_of(live)
    layer.selected_label = 3
    layer.paint((20, 20), 3)
    rested(live, qtbot, STEPS)
    assert "3" in live.inputs.palette.rows[3].swatch.text() and painted(viewer) > 0


def test_what_is_painted_already_begins_at_once(live: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    labels_of(live).paint((20, 20), 1)
    rested(live, qtbot, STEPS)
    click(qtbot, live.inputs.palette.live)
    qtbot.waitUntil(lambda: live.session is None, timeout=30_000)
    assert not live.inputs.palette.live.isChecked()
    live.inputs.image_layer.value = viewer.layers["photo"]
    click(qtbot, live.inputs.palette.live)
    assert live.inputs.palette.live.isChecked() and not live.run_button.isEnabled()
    rested(live, qtbot, STEPS)
    stop(live, qtbot)
    keeper = keeper_of(viewer)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    _, first, second = (entry.digest for entry in keeper.active.history.entries.values())
    assert first == second
