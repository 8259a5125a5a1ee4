"""One click makes features a brush, from any task, and whether there is a Labels layer or not."""

from collections.abc import Callable
from threading import Event

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Labels
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.features import look as feature_look
from napari_robust_synth._napari.features import work as feature_work
from napari_robust_synth._napari.features.dock import FeatureBrowser
from napari_robust_synth._napari.features.use import BROWSER
from napari_robust_synth._napari.layers.masks import read_region
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.features import name_features
from napari_robust_synth.models import Classifier

from .conftest import errors
from .hands import click, type_into


@pytest.fixture
def browser(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> FeatureBrowser:
    viewer.window.resize(1500, 1000)
    viewer.show()
    _, browser = viewer.window.add_plugin_dock_widget("napari-robust-synth", BROWSER, tabify=True)
    qtbot.waitUntil(lambda: browser.opened is not None, timeout=60_000)
    return browser


@pytest.fixture
def brush(browser: FeatureBrowser, qtbot: QtBot) -> Callable[[int], None]:
    """Choose a feature, and make it a brush."""

    def make(component: int) -> None:
        browser.grid.setCurrentIndex(browser.features.find(component))
        click(qtbot, browser.card.brush_button)

    return make


def test_what_the_eyedropper_found_paints_after_one_click(
    browser: FeatureBrowser, painting: SynthesisDock, viewer: Viewer, qtbot: QtBot
) -> None:
    marked = viewer.layers["region"]
    click(qtbot, browser.eyedropper.button)
    qtbot.waitUntil(lambda: browser.features.rowCount() == 20, timeout=30_000)
    best = browser.features.shown[:10]
    type_into(qtbot, browser.card.name, "grass")
    assert browser.card.brush_button.text() == "+ grass"
    click(qtbot, browser.card.brush_button)
    layer = painting.inputs.mask_layer.value
    assert painting.task.value == "palette" and layer is viewer.layers.selection.active and layer is not marked
    assert (layer.selected_label, layer.mode) == (1, "paint") and set(painting.inputs.palette.rows) == {1}
    assert painting.inputs.palette.targets()[1].features == tuple(sorted(best))
    assert painting.inputs.palette.rows[1].name.currentText() == "grass"
    assert browser.status.text() == "Label 1 paints with grass now" and errors() == []


def test_each_brush_is_a_label_of_its_own(
    painting: SynthesisDock, brush: Callable[[int], None], viewer: Viewer, qtbot: QtBot
) -> None:
    painting.task.value = "palette"
    table, layer = painting.inputs.palette, viewer.layers["region"]
    brush(7)
    assert "looked at" in errors()[-1] and set(table.rows) == {1}, "painted or not, nobody knows yet"
    qtbot.waitUntil(lambda: table.painted.looked, timeout=10_000)
    brush(7)
    brush(12)
    assert len(viewer.layers) == 2 and painting.inputs.mask_layer.value is layer
    assert set(table.rows) == {1, 2, 3}, "those not painted with yet are seen, too"
    assert [table.targets()[label].features for label in (2, 3)] == [(7,), (12,)]
    assert (layer.selected_label, layer.mode) == (3, "paint")
    table.set_row(4, "church")
    brush(9)
    assert layer.selected_label == 5, "the fourth was given something else"


def test_a_brush_without_a_picture(browser: FeatureBrowser, brush: Callable[[int], None], dock: SynthesisDock) -> None:
    brush(7)
    assert len(errors()) == 1 and errors()[0].startswith("a brush needs a picture to paint on")
    assert dock.task.value == "paint"


def test_a_brush_while_something_else_runs(
    painting: SynthesisDock, brush: Callable[[int], None], press: Callable[..., None], viewer: Viewer
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    before = list(viewer.layers)
    brush(7)
    assert "a run is under way" in errors()[-1] and painting.task.value == "paint"
    assert not [layer for layer in viewer.layers if layer not in before and isinstance(layer, Labels)]
    press(painting, "stop_button")


def test_a_name_given_earlier_is_offered_in_each_row(
    tiny: Classifier, dock: SynthesisDock, viewer: Viewer, photo: np.ndarray, qtbot: QtBot
) -> None:
    name_features(tiny.sha256, [7, 9], "meadow")
    dock._load()
    viewer.add_image(photo, name="photo", rgb=True)
    dock.task.value = "palette"
    dock.inputs.new_mask.click()
    table = dock.inputs.palette
    qtbot.waitUntil(lambda: table.rows[1].name.findText("meadow") >= 0, timeout=30_000)
    table.set_row(1, "meadow")
    assert table.targets()[1].features == (7, 9)


def test_cancel_while_it_looks(
    browser: FeatureBrowser, painting: SynthesisDock, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    button, going, ended = browser.eyedropper.button, Event(), Event()

    def slow(*args: object) -> object:
        going.wait(30)
        ended.set()
        return real(*args)

    real = feature_look.pick_features
    monkeypatch.setattr(feature_look, "pick_features", slow)
    click(qtbot, button)
    assert button.text() == "Cancel"
    click(qtbot, button)
    assert button.text() == "Eyedropper" and button.isEnabled()
    click(qtbot, button)
    going.set()
    qtbot.waitUntil(lambda: browser.features.rowCount() == 20, timeout=30_000)
    assert button.text() == "Eyedropper" and ended.is_set() and errors() == []


@pytest.mark.parametrize("stage", ["classifier", "choose_part"])
def test_nothing_is_computed_after_cancel(
    painting: SynthesisDock, monkeypatch: pytest.MonkeyPatch, stage: str, viewer: Viewer
) -> None:
    real, stop = getattr(feature_work, stage), Event()

    def then_cancelled(*args: object) -> object:
        stop.set()
        return real(*args)

    monkeypatch.setattr(feature_work, stage, then_cancelled)
    monkeypatch.setattr("napari_robust_synth.features.eyedropper", lambda *args: pytest.fail("looked all the same"))
    world = World.of(viewer.dims)
    plane = read_plane(viewer.layers["photo"], world)
    region = read_region(viewer.layers["region"], plane, world, selected_only=False)
    assert feature_work.pick_features("bundled", plane, region, stop) is None
