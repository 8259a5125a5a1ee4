"""One dock of each kind, however it is opened; what lies in lists looks as the rest of the window does."""

import numpy as np
import pytest
from napari import Viewer
from napari.settings import get_settings
from npe2 import PluginManifest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtGui import QIcon, QPixmap

from napari_robust_synth._napari.commands import edit_layer
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.window.docks import DOCKS, PLUGIN, TITLE, open_dock
from napari_robust_synth._napari.window.icons import untinted

from .hands import click


def count(viewer: Viewer, kind: type) -> int:
    return sum(isinstance(dock, kind) for dock in viewer.window.dock_widgets.values())


def test_a_dock_has_the_name_that_the_menu_looks_for(dock: SynthesisDock, viewer: Viewer) -> None:
    manifest = PluginManifest.from_distribution(PLUGIN)
    places = {command.id: command.python_name for command in manifest.contributions.commands}
    assert manifest.display_name == TITLE
    assert {widget.display_name: places[widget.command] for widget in manifest.contributions.widgets} == DOCKS
    history = open_dock(viewer, "Edit history")
    assert viewer.window.dock_widgets[f"Edit history ({TITLE})"] is history


@pytest.mark.parametrize("title", [f"Edit history ({TITLE})", f"Edit history ({PLUGIN})"])
def test_a_dock_that_napari_opened_is_found_and_comes_to_the_front(
    dock: SynthesisDock, viewer: Viewer, title: str, qtbot: QtBot
) -> None:
    viewer.window.resize(1200, 900)
    viewer.show()
    history = HistoryDock(viewer)
    area = viewer.window.add_dock_widget(history, name=title, tabify=True)
    area.hide()
    click(qtbot, dock.history.history_button)
    assert area.isVisible() and not history.visibleRegion().isEmpty() and count(viewer, HistoryDock) == 1


def test_menus_find_the_dock_that_is_open(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray) -> None:
    dock.task.value = "generate"
    viewer.add_image(photo, name="photo", rgb=True)
    edit_layer(viewer)
    assert dock.task.value == "paint" and count(viewer, SynthesisDock) == 1


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_a_search_finds_is_in_the_theme(dock: SynthesisDock, viewer: Viewer, theme: str, qtbot: QtBot) -> None:
    get_settings().appearance.theme = theme
    viewer.window.resize(1200, 900)
    viewer.show()
    box = dock.inputs.label
    qtbot.mouseClick(box.lineEdit(), Qt.MouseButton.LeftButton)
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), "chu")
    found = box.completer_object.popup()
    qtbot.waitUntil(found.isVisible, timeout=5_000)
    empty = found.viewport().grab().toImage().pixelColor(found.viewport().width() - 3, 3)
    assert (empty.lightness() < 128) == (theme == "dark")
    found.hide()


def test_an_icon_is_not_tinted_when_it_is_selected(dock: SynthesisDock) -> None:
    picture = QPixmap(8, 8)
    picture.fill(Qt.GlobalColor.red)
    icon = untinted(picture)
    shown = [icon.pixmap(8, 8, mode).toImage().pixelColor(4, 4) for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("name", ["Edit history", "Feature browser", "Train classifier"])
def test_a_dock_that_the_menu_puts_below_becomes_a_tab(
    dock: SynthesisDock, viewer: Viewer, name: str, qtbot: QtBot
) -> None:
    viewer.show()
    viewer.window.resize(1100, 700)
    window = viewer.window._qt_window
    qtbot.waitUntil(lambda: dock.isVisible() and window.height() == 700, timeout=5_000)
    area, other = viewer.window.add_plugin_dock_widget(PLUGIN, name)
    qtbot.waitUntil(lambda: not other.visibleRegion().isEmpty(), timeout=5_000)
    assert len(window.tabifiedDockWidgets(area)) == 1
    qtbot.waitUntil(lambda: window.height() == 700, timeout=5_000)


def test_a_dock_that_is_shown_again_comes_to_the_front(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.window.resize(1200, 900)
    viewer.show()
    open_dock(viewer, "Edit history")
    qtbot.waitUntil(lambda: dock.visibleRegion().isEmpty(), timeout=5_000)
    area = next(area for area in viewer.window._wrapped_dock_widgets.values() if area.isAncestorOf(dock))
    for visible in (False, True):  # as napari's menu does
        area.setVisible(visible)
        qtbot.wait(50)
    qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty(), timeout=5_000)
