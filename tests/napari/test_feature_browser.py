"""The feature browser, with real clicks and keys: find, name, use, pick from a picture, draw."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QModelIndex, Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.features.dock import FeatureBrowser
from napari_robust_synth._napari.features.use import BROWSER
from napari_robust_synth._napari.layers.offers import LAYERS, Choice
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth.features import Atlas, read_names
from napari_robust_synth.features.atlas import atlas_path, find_atlas
from napari_robust_synth.models import ZOO, Classifier

from .conftest import errors
from .hands import click, type_into
from .scopes import choose as choose_scope
from .scopes import noise

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def atlas(tiny: Classifier, dock: SynthesisDock) -> Atlas:
    """Tiles of one colour each; features come in pairs that are alike."""
    random = np.random.default_rng(0)
    colours = random.integers(0, 255, (tiny.n_features, 1, 1, 3)).astype(np.uint8)
    marks = random.integers(-99, 99, (tiny.n_features // 2, 8)).astype(np.int8).repeat(2, 0)
    atlas = Atlas(tiny.sha256, np.broadcast_to(colours, (tiny.n_features, 64, 64, 3)).copy(), marks)
    atlas.write(atlas_path(ZOO["bundled"], tiny.sha256))
    return atlas


@pytest.fixture
def browser(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> FeatureBrowser:
    """The browser, opened with the button beside the Features field."""
    viewer.window._qt_window.resize(1500, 1000)
    viewer.show()
    click(qtbot, dock.inputs.browse)
    (browser,) = (w for w in viewer.window.dock_widgets.values() if isinstance(w, FeatureBrowser))
    qtbot.waitUntil(lambda: browser.opened is not None, timeout=60_000)
    return browser


@pytest.fixture
def choose(browser: FeatureBrowser, qtbot: QtBot) -> Callable[..., None]:
    """Click a feature in the grid."""

    def press(component: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        index = browser.features.find(component)
        browser.grid.scrollTo(index)
        qtbot.mouseClick(browser.grid.viewport(), LEFT, keys, browser.grid.visualRect(index).center())

    return press


def colour(browser: FeatureBrowser, index: QModelIndex) -> np.ndarray:
    pixel = index.data(Qt.ItemDataRole.DecorationRole).pixmap(64, 64).toImage().pixelColor(32, 32)
    return np.array([pixel.red(), pixel.green(), pixel.blue()])


def test_found_named_and_used(
    atlas: Atlas, browser: FeatureBrowser, choose: Callable[..., None], dock: SynthesisDock, qtbot: QtBot
) -> None:
    grid, features = browser.grid, browser.features
    assert features.rowCount() == 512 and browser.shown.text() == "512 features, by number"
    assert not browser.drawing.isVisible() and not browser.card.use_button.isVisible()
    for component in (0, 7, 511):
        assert np.abs(colour(browser, features.index(component)) - atlas.tiles[component, 0, 0]).max() < 12

    type_into(qtbot, browser.search, "30")
    assert features.shown == [30, *range(300, 310)]
    choose(305)
    assert browser.card.title.text() == "Feature 305" and "Speaks for" in browser.card.about.text()
    type_into(qtbot, browser.card.name, "blue sky")
    assert read_names(atlas.sha256) == {(305,): "blue sky"}
    assert features.find(305).data() == "blue sky"
    type_into(qtbot, browser.search, "sky")
    assert features.shown == [305] and "1 of them match" in browser.shown.text()
    click(qtbot, browser.all_button)
    assert features.rowCount() == 512 and browser.search.text() == ""

    browser.label.setCurrentText("church")
    weights = browser.opened.weights[1]
    assert len(features.shown) == 100 and weights[features.shown[0]] == weights.max()
    assert features.shown == sorted(features.shown, key=lambda c: -weights[c])
    first, second = features.shown[:2]
    choose(second)
    choose(first, CONTROL)
    assert browser.chosen() == [first, second]
    dock.task.value = "inpaint"
    click(qtbot, browser.card.use_button)
    assert dock.task.value == "paint" and dock.inputs.chosen_features() == (first, second)
    assert browser.status.text().endswith("now") and errors() == []

    choose(second)
    click(qtbot, browser.card.similar_button)
    assert features.shown[:2] == [second, second ^ 1] and features.rowCount() == 512
    assert grid.currentIndex().row() == 0 and browser.label.currentText() == "(all classes)"
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert dock.inputs.chosen_features() == (second,)


def test_picked_from_a_picture(
    atlas: Atlas, browser: FeatureBrowser, painting: SynthesisDock, viewer: Viewer, qtbot: QtBot
) -> None:
    box = browser.eyedropper
    assert (box.image_layer.value, box.mask_layer.value) == tuple(viewer.layers)
    click(qtbot, box.button)
    assert box.button.text() == "Cancel"
    qtbot.waitUntil(lambda: box.button.text() == "Eyedropper", timeout=30_000)
    assert browser.shown.text() == "The 20 features that the region raises most"
    assert browser.features.rowCount() == 20 == len(set(browser.features.shown))
    assert browser.chosen() == browser.features.shown[:10], "the best of them, ready to be used"
    assert " inside, " in browser.features.index(0).data(Qt.ItemDataRole.ToolTipRole)
    click(qtbot, browser.card.use_button)
    assert painting.inputs.chosen_features() == tuple(browser.features.shown[:10])
    click(qtbot, browser.all_button)
    assert browser.features.rowCount() == 512
    viewer.layers.clear()
    assert not box.button.isEnabled() and box.hint.text().startswith("Open a picture")


def test_three_channels_are_picked_from_as_they_are_seen(
    browser: FeatureBrowser, painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer.layers.clear()
    layers = [viewer.add_image(noise("u1", (72, 96)), name=name, contrast_limits=(0, 255)) for name in "rgb"]
    marks = viewer.add_labels(np.ones((72, 96), np.uint8))
    painting.inputs.image_layer.value, painting.inputs.mask_layer.value = layers[0], marks
    choose_scope(painting, Choice(LAYERS), *layers)
    box, seen = browser.eyedropper, list[Plane]()
    monkeypatch.setattr(
        "napari_robust_synth._napari.features.look.pick_features", lambda _, plane, *__: seen.append(plane)
    )
    box.image_layer.value, box.mask_layer.value = layers[0], marks
    click(qtbot, box.button)
    qtbot.waitUntil(lambda: box.button.text() == "Eyedropper", timeout=30_000)
    assert [plane.pixels().shape for plane in seen] == [(72, 96, 3)]


def test_an_empty_mask_is_told(browser: FeatureBrowser, painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.layers["region"].data = np.zeros((72, 96), np.uint8)
    click(qtbot, browser.eyedropper.button)
    qtbot.waitUntil(lambda: browser.eyedropper.button.text() == "Eyedropper", timeout=30_000)
    assert errors() == ["the mask is empty: paint the region that may change"]
    assert browser.features.rowCount() == 512


def test_not_used_while_another_model_runs(
    browser: FeatureBrowser,
    choose: Callable[..., None],
    painting: SynthesisDock,
    press: Callable[..., None],
    qtbot: QtBot,
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    choose(3)
    browser.model._value = "another"
    click(qtbot, browser.card.use_button)
    assert "a run is under way" in errors()[-1] and painting.inputs.features.text() == ""
    painting.session.stop()
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)


def test_drawn_in_the_background_stopped_and_gone_on_with(
    browser: FeatureBrowser, tiny: Classifier, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    for name, value in (("drawing.STEPS", 1), ("drawing.STARTS", 4), ("drawing.MAX_SIDE", 32), ("making.PIECE", 128)):
        monkeypatch.setattr(f"napari_robust_synth.features.{name}", value)
    box, grey = browser.drawing, colour(browser, browser.features.index(511))
    assert box.isVisible() and box.words.isVisible() and not box.stop_button.isVisible()
    click(qtbot, box.start_button)
    qtbot.waitUntil(lambda: browser.features._drawn.any(), timeout=60_000)
    click(qtbot, box.stop_button)
    qtbot.waitUntil(lambda: not box.running, timeout=30_000)
    assert browser.features._drawn.sum() in (128, 256, 384) and find_atlas(ZOO["bundled"], tiny.sha256) is None
    assert errors() == []
    click(qtbot, box.start_button)
    qtbot.waitUntil(lambda: not box.isVisible() and not box.running, timeout=120_000)
    assert browser.features._drawn.all() and not np.array_equal(colour(browser, browser.features.index(511)), grey)
    assert find_atlas(ZOO["bundled"], tiny.sha256) is not None and errors() == []
    assert browser.opened.atlas is not None, "sorting knows it too"


def test_closed_while_it_loads(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    area, _ = viewer.window.add_plugin_dock_widget("napari-robust-synth", BROWSER)
    qtbot.wait(1)
    viewer.window.remove_dock_widget(area)
    qtbot.wait(500)
    assert errors() == []
