"""Do something when the window is back at its events."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QObject, QTimer


def soon(owner: QObject, call: Callable[[], None]) -> None:
    """Call once the events at hand are done; not if the owner is gone by then, as `QTimer.singleShot` would."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(call)
    timer.timeout.connect(timer.deleteLater)  # while it is there, PySide6 keeps all that the call refers to
    timer.start(0)
