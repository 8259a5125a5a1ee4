"""What napari's preferences say of this plugin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from napari.settings import get_plugin_settings

PLUGIN = "napari-robust-synth"
MEGABYTE = 1_000_000
DEFAULT_LIMIT = 512


def _history() -> Any:
    try:
        return get_plugin_settings(PLUGIN).history
    except KeyError:  # the plugin is switched off, and the dock was opened by a script
        return None


def history_limit() -> int:
    """Return how many bytes all histories may hold."""
    settings = _history()
    return MEGABYTE * (DEFAULT_LIMIT if settings is None else int(settings.limit))


def follow_history_limit(call: Callable[[Any], None]) -> Callable[[], None]:
    """Call when the limit is changed; returns what ends that."""
    settings = _history()
    if settings is None:
        return lambda: None
    settings.events.limit.connect(call)
    return lambda: settings.events.limit.disconnect(call)
