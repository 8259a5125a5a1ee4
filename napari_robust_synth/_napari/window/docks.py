"""The plugin's docks: one of each in a window, however it was opened."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from qtpy.QtCore import QEvent, QObject, QSize
from qtpy.QtWidgets import QDockWidget, QMainWindow, QWidget

from napari_robust_synth._napari.window.soon import soon

PLUGIN, TITLE = "napari-robust-synth", "Robust Synthesis"
DOCKS = {
    "Robust Synthesis": "napari_robust_synth._napari.dock:SynthesisDock",
    "Train classifier": "napari_robust_synth._napari.training.dock:TrainDock",
    "Edit history": "napari_robust_synth._napari.history.dock:HistoryDock",
    "Feature browser": "napari_robust_synth._napari.features.dock:FeatureBrowser",
}
"""Where they are, by their names; as in the manifest."""


def open_dock(viewer: Any, name: str, *, tabify: bool = True) -> Any:
    """Open a dock, or find it, and bring it to the front.

    Napari calls a dock otherwise when its menu opens it than when `add_plugin_dock_widget` does, and would open it
    twice; here it is looked for by what it is, and called as the menu does.

    Parameters
    ----------
    viewer : Viewer
        In whose window.
    name : str
        Its name in the manifest.
    tabify : bool
        Whether a new one lies over the docks that are there, or below them.

    Returns
    -------
    QWidget
        What is in the dock.
    """
    viewer = getattr(viewer, "__wrapped__", viewer)  # plugins get a proxy
    dock = find_dock(viewer, name)
    if dock is None:
        dock = _kind(name)(viewer)
        viewer.window.add_dock_widget(dock, name=f"{name} ({TITLE})", tabify=tabify)
    area = _area_of(dock)
    if area is not None:
        area.show()
        area.raise_()
    return dock


def find_dock(viewer: Any, name: str) -> Any:
    """Return what is in a viewer's dock, and leave it where it is; None when it is not there."""
    kind, viewer = _kind(name), getattr(viewer, "__wrapped__", viewer)
    return next((widget for widget in viewer.window.dock_widgets.values() if isinstance(widget, kind)), None)


def _kind(name: str) -> Any:
    module, _, kind = DOCKS[name].partition(":")
    return getattr(import_module(module), kind)


class Tabbed(QObject):
    """Lets a dock lie over those of ours that are there, as a tab, and come to the front whenever it is shown.

    Napari's menu puts docks below each other, and the window grows until both fit; it gets its size back here. A dock
    that the menu shows again would stay behind the other tabs.

    Parameters
    ----------
    dock : QWidget
        What is in the dock.
    """

    def __init__(self, dock: QWidget) -> None:
        super().__init__(dock)
        self._size: QSize | None = None
        dock.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Note how large the window is when the dock comes into it, and wait until the dock is seen."""
        if event is None or not isinstance(watched, QWidget):
            return False
        area = _area_of(watched)
        if event.type() == QEvent.Type.ParentChange and area is not None:
            area.installEventFilter(self)
            window = area.parentWidget()
            self._size = None if window is None else window.size()
        if event.type() == QEvent.Type.Show and watched is not area and area is not None:
            watched.removeEventFilter(self)
            _tab(area, self._size)
        if event.type() == QEvent.Type.ShowToParent and watched is area and not area.isFloating():
            soon(area, area.raise_)
        return False


def _area_of(widget: QWidget | None) -> QDockWidget | None:
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = widget.parentWidget()
    return widget


def _tab(area: QDockWidget, size: QSize | None) -> None:
    window = area.parentWidget()
    if area.isFloating() or not isinstance(window, QMainWindow):
        return
    for other in window.findChildren(QDockWidget):
        ours = other is not area and other.isVisible() and not other.isFloating() and other.findChild(Tabbed)
        if ours and window.dockWidgetArea(other) == window.dockWidgetArea(area):
            if other not in window.tabifiedDockWidgets(area):
                window.tabifyDockWidget(other, area)
                if size is not None and not window.isMaximized() and not window.isFullScreen():
                    soon(window, partial(_resize, window, size))
            soon(area, area.raise_)
            return


def _resize(window: QMainWindow, size: QSize) -> None:
    layout = window.layout()
    if layout is not None:
        layout.activate()  # else it would still ask for room for both
    window.resize(size)
