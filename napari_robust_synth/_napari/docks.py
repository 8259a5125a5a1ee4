"""The plugin's docks: one of each in a window, however it was opened."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from qtpy.QtCore import QEvent, QObject, QTimer
from qtpy.QtWidgets import QDockWidget, QMainWindow, QWidget

PLUGIN, TITLE = "napari-robust-synth", "Robust Synthesis"
DOCKS = {
    "Robust Synthesis": "napari_robust_synth._napari.dock:SynthesisDock",
    "Train classifier": "napari_robust_synth._napari.train_dock:TrainDock",
    "Edit history": "napari_robust_synth._napari.history_dock:HistoryDock",
    "Feature browser": "napari_robust_synth._napari.feature_dock:FeatureBrowser",
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
    module, _, kind_name = DOCKS[name].partition(":")
    kind = getattr(import_module(module), kind_name)
    dock = next((w for w in viewer.window.dock_widgets.values() if isinstance(w, kind)), None)
    if dock is None:
        dock = kind(viewer)
        viewer.window.add_dock_widget(dock, name=f"{name} ({TITLE})", tabify=tabify)
    area = _area_of(dock)
    if area is not None:
        area.show()
        area.raise_()
    return dock


class Tabbed(QObject):
    """Lets a dock lie over those of ours that are there, as a tab, when it is first seen.

    Napari's menu puts docks below each other, where two of these would outgrow the screen.

    Parameters
    ----------
    dock : QWidget
        What is in the dock.
    """

    def __init__(self, dock: QWidget) -> None:
        super().__init__(dock)
        dock.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Wait until the dock is seen."""
        if event is not None and event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            _tab(_area_of(watched))
        return False


def _area_of(widget: QWidget | None) -> QDockWidget | None:
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = widget.parentWidget()
    return widget


def _tab(area: QDockWidget | None) -> None:
    window = None if area is None else area.parentWidget()
    if area is None or area.isFloating() or not isinstance(window, QMainWindow):
        return
    for other in window.findChildren(QDockWidget):
        ours = other is not area and other.isVisible() and not other.isFloating() and other.findChild(Tabbed)
        if ours and window.dockWidgetArea(other) == window.dockWidgetArea(area):
            if other not in window.tabifiedDockWidgets(area):
                window.tabifyDockWidget(other, area)
            QTimer.singleShot(0, area.raise_)
            return
