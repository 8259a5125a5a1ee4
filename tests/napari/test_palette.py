"""The palette in the dock: its rows follow the layer, and what they say reaches the run."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.settings import get_settings
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, restore

from .conftest import PLACE, errors
from .hands import click, type_into

Press = Callable[..., None]


@pytest.fixture
def palette(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray, mask: np.ndarray, qtbot: QtBot) -> SynthesisDock:
    """The dock with a photo and two labels, 1 and 4, side by side."""
    viewer.add_image(photo, name="photo", rgb=True, **PLACE)
    labels = np.where(mask, np.where(np.arange(96) < 46, 1, 4), 0).astype(np.uint8)
    viewer.add_labels(labels, name="region", **PLACE)
    dock.task.value = "palette"
    dock.parameters.widgets["steps"].value = 5
    qtbot.waitUntil(lambda: set(rows(dock)) == {1, 4}, timeout=10_000)
    rows(dock)[1].name.setCurrentText("church")
    rows(dock)[4].name.setCurrentText("tench")
    return dock


def rows(dock: SynthesisDock) -> dict:
    return dock.inputs.palette.rows


def test_all_labels_are_painted_at_once(
    palette: SynthesisDock, viewer: Viewer, photo: np.ndarray, tiny: Classifier, press: Press
) -> None:
    palette.inputs.region.value = "selected label"  # of another task: the choice is hidden now
    press(palette)
    result, labels = viewer.layers["photo · palette"], viewer.layers["region"].data
    assert all((result.data[labels == k] != photo[labels == k]).any() for k in (1, 4))
    np.testing.assert_array_equal(result.data[labels == 0], photo[labels == 0])
    assert palette.status.text() == "Done: 5 steps"
    recipe = Recipe.from_dict(result.metadata[RECIPE])
    assert {k: v["label"] for k, v in recipe.palette.items()} == {"1": "church", "4": "tench"}
    job = restore(recipe, tiny, photo)
    *_, state = job.replay(recipe.changes, recipe.last_step)
    np.testing.assert_array_equal(job.result(state.x), result.data)


def test_rows_follow_the_labels_as_they_are_painted(palette: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    layer = viewer.layers["region"]
    layer.selected_label = 2
    assert set(rows(palette)) == {1, 2, 4}, "the label to paint next has a row already"
    layer.paint((60, 10), 2)
    layer.selected_label = 1
    qtbot.waitUntil(lambda: palette.inputs.palette.painted.there == {1, 2, 4}, timeout=10_000)
    layer.fill((60, 10), 0)
    qtbot.waitUntil(lambda: set(rows(palette)) == {1, 4}, timeout=10_000)
    layer.undo()
    qtbot.waitUntil(lambda: set(rows(palette)) == {1, 2, 4}, timeout=10_000)
    viewer.layers.remove(layer)
    qtbot.waitUntil(lambda: not rows(palette), timeout=10_000)
    assert palette.hint.text().startswith("Mark what may change")


def test_a_row_keeps_what_it_was_given(palette: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    layer = viewer.layers["region"]
    rows(palette)[4].strength.setValue(2.5)
    layer.fill((22, 50), 1)
    qtbot.waitUntil(lambda: set(rows(palette)) == {1}, timeout=10_000)
    layer.undo()
    qtbot.waitUntil(lambda: set(rows(palette)) == {1, 4}, timeout=10_000)
    assert rows(palette)[4].target().label == "tench" and rows(palette)[4].strength.value() == 2.5


def test_the_swatch_has_the_layers_colour_and_chooses_the_label(
    palette: SynthesisDock, viewer: Viewer, qtbot: QtBot
) -> None:
    viewer.window.resize(1200, 900)
    viewer.show()
    layer, row = viewer.layers["region"], rows(palette)[4]
    shown = row.swatch.icon().pixmap(16, 16).toImage().pixelColor(8, 8).getRgbF()
    np.testing.assert_allclose(shown, layer.get_color(4), atol=0.01)
    click(qtbot, row.swatch)
    assert layer.selected_label == 4 and layer.mode == "paint"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("chruch", "Label 4: unknown class 'chruch': the nearest are 'church'"),
        ("3, x", "Label 4: '3, x' is no list of features such as 12, 305"),
    ],
)
def test_a_row_that_cannot_be_used_says_so(
    palette: SynthesisDock, viewer: Viewer, qtbot: QtBot, typed: str, message: str
) -> None:
    viewer.show()
    type_into(qtbot, rows(palette)[4].name.lineEdit(), typed)
    assert palette.hint.text() == message and not palette.run_button.isEnabled()
    assert not palette.inputs.palette.live.isEnabled()
    type_into(qtbot, rows(palette)[4].name.lineEdit(), "ten")
    assert palette.hint.text() == "" and palette.run_button.isEnabled()
    assert rows(palette)[4].target().label == "tench"


def test_a_feature_that_is_not_there_is_refused(palette: SynthesisDock, press: Press) -> None:
    rows(palette)[4].name.setCurrentText("512")
    press(palette)
    assert errors() == ["label 4 of the palette: feature 512 is out of range, expected 0 to 511"]


def test_changes_while_it_runs_hold_from_the_next_step_and_replay(
    palette: SynthesisDock, viewer: Viewer, photo: np.ndarray, tiny: Classifier, press: Press, qtbot: QtBot
) -> None:
    viewer.show()
    palette.parameters.widgets["steps"].value = 1000
    press(palette, wait=False)
    qtbot.waitUntil(lambda: palette.bar.value() > 3, timeout=30_000)
    rows(palette)[1].strength.setValue(0.5)
    type_into(qtbot, rows(palette)[4].name.lineEdit(), "12, 305")
    palette.parameters.widgets["eps"].value = 5.0
    qtbot.waitUntil(lambda: "4 features 12, 305" in palette.status.text(), timeout=30_000)
    type_into(qtbot, rows(palette)[4].name.lineEdit(), "9999")
    qtbot.waitUntil(lambda: errors() != [], timeout=30_000)
    assert "feature 9999 is out of range" in errors()[0] and palette.session is not None
    press(palette, "stop_button")
    result = viewer.layers["photo · palette"]
    recipe = Recipe.from_dict(result.metadata[RECIPE])
    merged = {k: v for _, change in recipe.changes for k, v in change.items()}
    assert merged["eps"] == 5.0 and merged["palette"]["1"]["strength"] == 0.5
    assert merged["palette"]["4"]["features"] == [12, 305]
    job = restore(recipe, tiny, photo)
    *_, state = job.replay(recipe.changes, recipe.last_step)
    np.testing.assert_array_equal(job.result(state.x), result.data)


def test_more_labels_than_a_palette_has_are_told(palette: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    layer = viewer.layers["region"]
    layer.data = np.repeat(np.arange(96, dtype=np.uint8)[None] // 2, 72, 0)  # labels 0 to 47
    qtbot.waitUntil(lambda: len(rows(palette)) == 32, timeout=10_000)
    assert "32 labels at most" in palette.hint.text() and not palette.run_button.isEnabled()
    layer.data = np.where(layer.data > 32, 0, layer.data)
    qtbot.waitUntil(lambda: palette.hint.text() == "", timeout=10_000)
    assert len(rows(palette)) == 32 and palette.run_button.isEnabled()


def test_shapes_are_no_palette(palette: SynthesisDock, viewer: Viewer, press: Press) -> None:
    shapes = viewer.add_shapes([np.array([[1, 1], [30, 1], [30, 30]])], shape_type="polygon", name="shapes")
    palette.inputs.mask_layer.value = shapes
    assert not rows(palette) and palette.hint.text() and not palette.run_button.isEnabled()


def test_another_classifier_keeps_what_it_also_knows(palette: SynthesisDock) -> None:
    table = palette.inputs.palette
    table.all_rows.offer(("beagle", "church", "gas pump"))
    assert rows(palette)[1].target().label == "church"
    assert rows(palette)[4].target().label in ("beagle", "church", "gas pump")


def test_the_rows_are_of_the_palette_only(palette: SynthesisDock, viewer: Viewer) -> None:
    viewer.show()
    assert palette.inputs.palette.isVisible() and not palette.inputs.region.native.isVisible()
    palette.task.value = "paint"
    assert not palette.inputs.palette.isVisible() and palette.inputs.region.native.isVisible()
    assert palette.inputs.palette.layer is None
    assert palette.inputs.palette.rows == {} and palette.hint.text() == ""


@pytest.mark.parametrize("points", [9, 14])
def test_a_strength_is_seen_whole(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, points: int) -> None:
    get_settings().appearance.font_size = points
    viewer.window.resize(900, 600)
    viewer.show()
    painting.task.value = "palette"
    box = painting.inputs.palette.rows[1].strength

    def whole() -> bool:
        return box.isVisible() and box.lineEdit().width() >= box.fontMetrics().horizontalAdvance(box.text()) + 4

    qtbot.waitUntil(whole, timeout=5_000)
