"""What is typed is what is meant: names of features as they are now, classes that look like numbers, and none lost."""

import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.features.dock import FeatureBrowser
from napari_robust_synth._napari.features.use import open_browser
from napari_robust_synth._napari.inputs.palette_rows import PaletteRows
from napari_robust_synth._napari.inputs.reading import missing
from napari_robust_synth.tasks import Paint
from napari_robust_synth.tasks.targets import Target

from .conftest import errors
from .hands import type_into


@pytest.fixture
def browser(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> FeatureBrowser:
    viewer.show()
    open_browser(viewer)
    (browser,) = (w for w in viewer.window.dock_widgets.values() if isinstance(w, FeatureBrowser))
    qtbot.waitUntil(lambda: browser.opened is not None, timeout=60_000)
    return browser


@pytest.fixture
def rows(painting: SynthesisDock) -> PaletteRows:
    return painting.inputs.palette.all_rows


def name(browser: FeatureBrowser, component: int, text: str, qtbot: QtBot) -> None:
    browser.grid.setCurrentIndex(browser.features.find(component))
    type_into(qtbot, browser.card.name, text)


def test_a_name_is_known_once_it_is_given(
    browser: FeatureBrowser, painting: SynthesisDock, rows: PaletteRows, qtbot: QtBot
) -> None:
    name(browser, 7, "grass", qtbot)
    painting.task.value = "palette"
    row = painting.inputs.palette.rows[1]
    row.name.setCurrentText("grass")
    row.settle()
    assert row.target() == Target(features=(7,)) and missing(painting) == ""
    name(browser, 7, "meadow", qtbot)
    assert row.name.currentText() == "meadow" and row.name.findText("grass") < 0
    browser.card.name.selectAll()
    qtbot.keyClick(browser.card.name, Qt.Key.Key_Delete)
    qtbot.keyClick(browser.card.name, Qt.Key.Key_Return)
    assert row.name.currentText() == "7" and row.target() == Target(features=(7,)) and errors() == []


def test_a_name_can_be_typed_where_numbers_can(browser: FeatureBrowser, painting: SynthesisDock, qtbot: QtBot) -> None:
    name(browser, 7, "grass", qtbot)
    inputs = painting.inputs
    for typed, expected in (("grass", (7,)), ("12, grass", (12, 7)), (" 3,4", (3, 4))):
        type_into(qtbot, inputs.features, typed)
        assert inputs.chosen_features() == expected
    inputs.features.setText("meadow")
    with pytest.raises(ValueError, match="expected numbers such as 12, 305, or names"):
        inputs.chosen_features()
    inputs.forget_names()
    inputs.features.setText("grass")
    with pytest.raises(ValueError, match="features are 'grass'"):
        inputs.chosen_features()


def test_a_name_means_the_same_everywhere(painting: SynthesisDock, rows: PaletteRows) -> None:
    inputs = painting.inputs
    inputs.learn({(1,): "grass", (5,): "grass", (12,): "305"})
    for typed, features in (("grass", (1,)), ("grass (5)", (5,)), ("305", (305,))):
        inputs.features.setText(typed)
        rows.fill(2, typed, 1.0)
        assert inputs.chosen_features() == features == rows.of(2).target().features


def test_the_hint_follows_names_that_are_learned(painting: SynthesisDock) -> None:
    painting.task.value = "palette"
    row = painting.inputs.palette.rows[1]
    row.name.setCurrentText("grass")
    row.settle()
    assert "unknown class 'grass'" in painting.hint.text() and not painting.run_button.isEnabled()
    painting.inputs.learn({(3, 4): "grass"})
    assert painting.hint.text() == "" and painting.run_button.isEnabled()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("0", Target(label="0")),
        ("4-cell", Target(label="4-cell")),
        ("3T3", Target(label="3T3")),
        ("12", Target(features=(12,))),
        ("features 0", Target(features=(0,))),
        ("0, 12", Target(features=(0, 12))),
    ],
)
def test_a_class_may_look_like_a_number(rows: PaletteRows, text: str, target: Target) -> None:
    rows.offer(("0", "1", "4-cell", "3T3"))
    rows.fill(3, text, 1.0)
    assert rows.of(3).target() == target
    rows.put(4, target)
    assert rows.of(4).target() == target
    rows.give(5, (0,))
    assert rows.of(5).name.currentText() == "features 0" and rows.of(5).target() == Target(features=(0,))


def test_a_class_that_another_classifier_lacks_is_not_replaced(painting: SynthesisDock, rows: PaletteRows) -> None:
    painting.task.value = "palette"
    row, inputs = painting.inputs.palette.rows[1], painting.inputs
    rows.fill(1, "church", 1.5)
    ours = tuple(inputs.class_names)
    inputs.show_task(type(painting.parameters.task()), ("cell A", "cell B"))
    assert row.name.currentText() == "church" and "unknown class 'church'" in missing(painting)
    assert not painting.run_button.isEnabled()
    assert rows.of(2).target() == Target(label="cell B"), "where nothing was chosen, something is proposed"
    inputs.show_task(type(painting.parameters.task()), ours)
    assert row.target() == Target(label="church", strength=1.5) and missing(painting) == ""


def test_nor_is_the_class_to_paint(painting: SynthesisDock) -> None:
    inputs = painting.inputs
    ours = tuple(inputs.class_names)
    assert inputs.label.currentText() == "church"
    inputs.show_task(Paint, ("cell A", "cell B"))
    assert missing(painting).startswith("This classifier has no class 'church': the nearest are 'cell A'")
    assert painting.hint.text() == missing(painting) and not painting.run_button.isEnabled()
    inputs.features.setText("12")
    assert missing(painting) == "", "features are instead of a class"
    inputs.features.clear()
    inputs.label.setCurrentText("cell")
    assert missing(painting) == "", "it is being typed"
    inputs.label.setCurrentText("church")
    inputs.show_task(Paint, ours)
    assert inputs.chosen_label == "church" and painting.run_button.isEnabled()
    inputs.label.setCurrentIndex(0)
    inputs.show_task(Paint, ("cell A", "cell B"))
    assert inputs.chosen_label == "cell A", "what is offered first is no choice"
