"""The plugin's docks: one of each in a window, however it was opened."""

from __future__ import annotations

from typing import Any

from npe2 import PluginManager
from qtpy.QtWidgets import QDockWidget

PLUGIN, TITLE = "napari-robust-synth", "Robust Synthesis"


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
    widgets = PluginManager.instance().iter_widgets()
    kind: Any = next(w.get_callable() for w in widgets if (w.plugin_name, w.display_name) == (PLUGIN, name))
    dock = next((w for w in viewer.window.dock_widgets.values() if isinstance(w, kind)), None)
    if dock is None:
        dock = kind(viewer)
        viewer.window.add_dock_widget(dock, name=f"{name} ({TITLE})", tabify=tabify)
    area: Any = dock
    while not isinstance(area, QDockWidget):
        area = area.parentWidget()
    area.show()
    area.raise_()
    return dock
