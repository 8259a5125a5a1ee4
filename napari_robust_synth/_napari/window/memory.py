"""What a dock was set to last, kept in a file: it opens with that again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QCoreApplication, QObject, QTimer
from qtpy.QtWidgets import QAbstractButton

from napari_robust_synth.models.store import home_folder, write_whole

FILE = "last_values.json"
SETTLED_MS = 500


class Memory(QObject):
    """The last values of one dock; they are written a moment after they change, and when the dock goes.

    Parameters
    ----------
    dock : QObject
        Whose values.
    name : str
        What the dock is called in the file.
    """

    def __init__(self, dock: QObject, name: str) -> None:
        super().__init__(dock)
        self.values: dict[str, Any] = read_values(memory_path()).get(name, {})
        self._fresh: set[str] = set()
        self._write = partial(_write, memory_path(), name, self.values, self._fresh)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLED_MS)
        self._timer.timeout.connect(self._write)
        self.destroyed.connect(self._write)
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self._write)

    def put(self, key: str, value: Any) -> None:
        """Remember a value, which JSON can hold."""
        self.values[key] = value
        self._fresh.add(key)
        self._timer.start()

    def follow(self, key: str, widget: ValueWidget[Any]) -> None:
        """Set a widget to its last value, where it takes that, and remember those that follow."""
        if key in self.values:
            try:
                widget.value = self.values[key]
            except (TypeError, ValueError):
                del self.values[key]
        widget.changed.connect(lambda value: self.put(key, str(value) if isinstance(value, Path) else value))

    def follow_all(self, widgets: Mapping[str, Any]) -> None:
        """Do so with several widgets, by key."""
        for key, widget in widgets.items():
            self.follow(key, widget)

    def follow_box(self, key: str, box: QAbstractButton) -> None:
        """Tick a box as it was last, and remember what follows."""
        if isinstance(last := self.values.get(key), bool):
            box.setChecked(last)
        box.toggled.connect(partial(self.put, key))


def memory_path() -> Path:
    """Return the file of last values."""
    return home_folder() / FILE


def read_values(path: Path) -> dict[str, dict[str, Any]]:
    """Read the last values of all docks; of a file that is damaged or not there, none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    docks = found.items() if isinstance(found, dict) else ()
    return {name: values for name, values in docks if isinstance(values, dict)}


def _write(path: Path, name: str, values: dict[str, Any], fresh: set[str], _: Any = None) -> None:
    """Write what is fresh; another dock, or another napari, may have written the rest meanwhile."""
    if not fresh:
        return
    docks = read_values(path)
    docks[name] = docks.get(name, {}) | {key: values[key] for key in fresh}
    fresh.clear()
    text = json.dumps(docks, indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, partial(_fill, text))
    except OSError:  # a full or read-only disk: it is no reason to disturb who is painting
        return


def _fill(text: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")
