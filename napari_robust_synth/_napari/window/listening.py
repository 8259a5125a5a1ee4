"""Follow napari's events for as long as a widget is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from qtpy.QtCore import QObject


def listen(owner: QObject, event: Any, call: Callable[[Any], Any]) -> None:
    """Call when an event of napari comes, until the owner is gone: napari would call what Qt has deleted."""
    event.connect(call)
    owner.destroyed.connect(partial(_leave, event, call))


def _leave(event: Any, call: Callable[[Any], Any], _: Any = None) -> None:
    event.disconnect(call)
