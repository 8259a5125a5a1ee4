"""Docks in two windows at once, undocked, tabbed, closed and opened again, with work under way."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt, QThreadPool
from qtpy.QtWidgets import QDockWidget, QWidget

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.features.use import main_dock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import keeper_of

from .conftest import PLACE, errors

DOCKS = ("Robust Synthesis", "Edit history", "Feature browser", "Train classifier")


@pytest.fixture
def other(make_napari_viewer: Callable[[], Viewer], painting: SynthesisDock, qtbot: QtBot) -> SynthesisDock:
    """The dock of a second window, with all docks open in both."""
    second = make_napari_viewer()
    painting.viewer.show()  # Mesa's OpenGL does not draw two canvases
    for viewer in (painting.viewer, second):
        for name in DOCKS[viewer is painting.viewer :]:
            viewer.window.add_plugin_dock_widget(PLUGIN, name, tabify=True)
    dock = main_dock(second)
    qtbot.waitUntil(lambda: " ready " in dock.status.text(), timeout=60_000)
    return dock


def open_dock(viewer: Viewer, name: str) -> tuple[QDockWidget, QWidget]:
    area, dock = viewer.window.add_plugin_dock_widget(PLUGIN, name)
    return area, dock


def test_two_windows_do_not_meddle(
    painting: SynthesisDock, other: SynthesisDock, photo: np.ndarray, mask: np.ndarray, qtbot: QtBot
) -> None:
    first, second = painting.viewer, other.viewer
    second.add_image(photo[::-1], name="turned", rgb=True, **PLACE)
    second.add_labels(mask.astype(np.uint8), name="there", **PLACE)
    assert painting.inputs.image_layer.value is first.layers["photo"]
    other.parameters.widgets["steps"].value = 3
    assert painting.parameters.widgets["steps"].value == 5, "values of an open dock stay"
    painting.run()
    other.run()
    qtbot.waitUntil(lambda: painting.session is None and other.session is None, timeout=30_000)
    keepers = [keeper_of(viewer) for viewer in (first, second)]
    qtbot.waitUntil(lambda: not any(keeper.jobs.busy for keeper in keepers), timeout=30_000)
    assert [layer.name for layer in first.layers] == ["photo", "region", "photo · paint"]
    assert [layer.name for layer in second.layers] == ["turned", "there", "turned · paint"]
    assert [open_dock(viewer, "Edit history")[1].name.text() for viewer in (first, second)] == [
        "photo · paint",
        "turned · paint",
    ]

    made = second.layers[-1].data.copy()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(first.window._qt_viewer.canvas.native, Qt.Key.Key_Z, keys)
    qtbot.waitUntil(lambda: np.array_equal(first.layers[-1].data, photo), timeout=30_000)
    assert np.array_equal(second.layers[-1].data, made)
    assert not painting.history.undo_button.isEnabled() and other.history.undo_button.isEnabled()

    _, browser = open_dock(second, "Feature browser")
    qtbot.waitUntil(lambda: browser.opened is not None, timeout=60_000)
    browser.grid.setCurrentIndex(browser.features.find(3))
    browser.use()
    assert (other.inputs.features.text(), painting.inputs.features.text()) == ("3", "")
    QThreadPool.globalInstance().waitForDone(30_000)
    assert errors() == []


def test_moved_tabbed_closed_and_opened_again(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show()
    window = viewer.window._qt_window
    keeper = keeper_of(viewer)
    painting.parameters.widgets["steps"].value = 2000
    areas = [open_dock(viewer, name)[0] for name in DOCKS[1:]]
    own = painting.parent()
    assert isinstance(own, QDockWidget)
    painting.run()
    qtbot.waitUntil(lambda: painting.bar.value() > 0, timeout=30_000)
    for area in (own, *areas):
        area.setFloating(True)
        qtbot.waitUntil(area.isVisible, timeout=5_000)
        area.setFloating(False)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, area)
        area.close()
        area.show()
    for area in areas:
        window.tabifyDockWidget(own, area)
        area.raise_()
    before = painting.bar.value()
    qtbot.waitUntil(lambda: painting.bar.value() > before, timeout=30_000)  # it goes on all the while
    for area in areas:
        area.destroyOnClose()
    own.setFloating(True)
    own.destroyOnClose()
    qtbot.waitUntil(lambda: painting.session is None and not keeper.jobs.busy, timeout=30_000)
    assert viewer.window.dock_widgets == {}
    result = viewer.layers["photo · paint"]
    assert len(keeper.timelines[result].history.entries) == 2

    dock = open_dock(viewer, "Robust Synthesis")[1]
    _, history = open_dock(viewer, "Edit history")
    for name in DOCKS[2:]:
        open_dock(viewer, name)
    assert isinstance(dock, SynthesisDock) and isinstance(history, HistoryDock)
    assert dock.parameters.widgets["steps"].value == 2000
    history.undo_button.click()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    assert np.array_equal(result.data, viewer.layers["photo"].data)
    dock.history.redo_button.click()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    assert not np.array_equal(result.data, viewer.layers["photo"].data)
    QThreadPool.globalInstance().waitForDone(30_000)
    assert errors() == []
