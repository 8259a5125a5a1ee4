"""Features from the browser for the labels of a palette."""

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QItemSelectionModel, Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.features.dock import FeatureBrowser
from napari_robust_synth.tasks.targets import Target

from .conftest import errors
from .hands import click, type_into


@pytest.fixture
def browser(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray, qtbot: QtBot) -> FeatureBrowser:
    """Beside a palette with an empty Labels layer; opened with the button in the palette."""
    viewer.window.resize(1400, 950)
    viewer.show()
    viewer.add_image(photo, name="photo", rgb=True)
    dock.task.value = "palette"
    dock.inputs.new_mask.click()
    click(qtbot, dock.inputs.palette.browse)
    (browser,) = (w for w in viewer.window.dock_widgets.values() if isinstance(w, FeatureBrowser))
    qtbot.waitUntil(lambda: browser.opened is not None, timeout=60_000)
    return browser


def use(browser: FeatureBrowser, component: int, qtbot: QtBot) -> None:
    browser.grid.setCurrentIndex(browser.features.find(component))
    click(qtbot, browser.card.use_button)


def test_the_selected_label_gets_a_feature_by_its_name(
    browser: FeatureBrowser, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot
) -> None:
    table = dock.inputs.palette
    browser.grid.setCurrentIndex(browser.features.find(7))
    type_into(qtbot, browser.card.name, "grass")
    table.set_row(1, "church", 1.5)
    use(browser, 7, qtbot)
    assert dock.task.value == "palette" and browser.status.text() == "Label 1 paints with grass now"
    assert table.rows[1].name.currentText() == "grass" and table.targets()[1] == Target(features=(7,), strength=1.5)
    layer = viewer.layers[-1]
    layer.paint((20, 20), 1)
    layer.selected_label = 3
    qtbot.waitUntil(lambda: set(table.rows) == {1, 3}, timeout=5_000)
    use(browser, 12, qtbot)
    assert table.targets()[3].features == (12,) and table.targets()[1].features == (7,)
    table.rows[3].name.setCurrentText("gras")
    table.rows[3].settle()
    assert table.targets()[3].features == (7,), "the name can be typed, too"


def test_names_are_of_one_classifier(browser: FeatureBrowser, dock: SynthesisDock, qtbot: QtBot) -> None:
    table = dock.inputs.palette
    assert table.use((7, 9), "church") == 1
    assert table.rows[1].name.currentText() == "church (7, 9)", "church is a class"
    table.use((7,), "grass")
    dock.model.changed.emit("another")
    assert table.rows[1].name.currentText() == "7" and table.rows[1].name.findText("grass") < 0
    table.rows[1].name.setCurrentText("grass")
    assert "unknown class 'grass'" in table.rows[1].target()


def test_a_name_stays_with_the_features_that_had_it_first(
    browser: FeatureBrowser, dock: SynthesisDock, viewer: Viewer
) -> None:
    table, layer = dock.inputs.palette, viewer.layers[-1]
    table.use((12,), "sky")
    layer.paint((20, 20), 1)
    layer.selected_label = 2
    table.use((305, 12), "sky")
    assert table.targets()[1].features == (12,) and table.targets()[2].features == (12, 305)
    assert [row.name.currentText() for row in table.rows.values()] == ["sky", "sky (12, 305)"]
    layer.selected_label = 1
    table.use((12, 305), "sky")
    assert table.rows[1].name.currentText() == "sky (12, 305)" and table.targets()[1].features == (12, 305)


def test_several_have_a_name_when_all_have_one_or_they_have_it_together(
    browser: FeatureBrowser, dock: SynthesisDock, qtbot: QtBot
) -> None:
    grid, row = browser.grid, dock.inputs.palette.rows[1].name

    def choose(*components: int) -> None:
        grid.clearSelection()
        for component in components:
            grid.selectionModel().select(browser.features.find(component), QItemSelectionModel.SelectionFlag.Select)

    for component, name in ((7, "grass"), (9, "sky")):
        choose(component)
        type_into(qtbot, browser.card.name, name)
    choose(7, 8, 9)
    click(qtbot, browser.card.use_button)
    assert row.currentText() == "7, 8, 9" and browser.status.text().endswith("with features 7, 8, 9 now")
    choose(7, 9)
    click(qtbot, browser.card.use_button)
    assert row.currentText() == "grass, sky"
    type_into(qtbot, browser.card.name, "meadow")
    assert browser.card.brush_button.text() == "+ meadow"
    click(qtbot, browser.card.use_button)
    assert row.currentText() == "meadow" and dock.inputs.palette.targets()[1].features == (7, 9)
    assert browser.features.find(7).data() == "grass"
    assert "in meadow" in browser.features.find(7).data(Qt.ItemDataRole.ToolTipRole)


def test_without_a_label_it_says_what_to_do(browser: FeatureBrowser, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.layers[-1].selected_label = 0
    use(browser, 7, qtbot)
    assert errors() == ["no label is selected to give features to: press + or choose a label, then use them"]


def test_the_label_that_is_painted_with_has_a_frame(
    browser: FeatureBrowser, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot
) -> None:
    layer, table = viewer.layers[-1], dock.inputs.palette
    for label in (1, 2):
        layer.paint((20 * label, 20), label)
    layer.selected_label = 1
    qtbot.waitUntil(lambda: set(table.rows) == {1, 2}, timeout=5_000)
    layer.selected_label = 2

    def framed(label: int) -> bool:
        image = table.rows[label].swatch.icon().pixmap(16, 16).toImage()
        return image.pixelColor(0, 0) != image.pixelColor(8, 8)

    assert (framed(1), framed(2)) == (False, True)
    click(qtbot, table.rows[1].swatch)
    assert (framed(1), framed(2)) == (True, False)


def test_no_class_is_cut_at_its_beginning(browser: FeatureBrowser, dock: SynthesisDock) -> None:
    dock.inputs.palette.set_row(2, "golden retriever")
    assert all(row.name.lineEdit().cursorPosition() == 0 for row in dock.inputs.palette.all_rows.kept.values())
