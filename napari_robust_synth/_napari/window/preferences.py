"""What napari's preferences say of this plugin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from napari.settings import get_plugin_settings
from napari.utils.notifications import show_warning

from napari_robust_synth.models import find_model
from napari_robust_synth.models.store import keep_in
from napari_robust_synth.models.zoo import BUNDLED

PLUGIN = "napari-robust-synth"
MEGABYTE = 1_000_000
DEFAULT_LIMIT, DEFAULT_RATE = 512, 15
WHERE = "see File > Preferences > Robust Synthesis"
_told: set[str] = set()


def _group(name: str) -> Any:
    try:
        return getattr(get_plugin_settings(PLUGIN), name)
    except KeyError:  # the plugin is switched off, and the dock was opened by a script
        return None


def history_limit() -> int:
    """Return how many bytes all histories may hold."""
    settings = _group("history")
    return MEGABYTE * (DEFAULT_LIMIT if settings is None else int(settings.limit))


def follow_history_limit(call: Callable[[Any], None]) -> Callable[[], None]:
    """Call when the limit is changed; returns what ends that."""
    settings = _group("history")
    if settings is None:
        return lambda: None
    settings.events.limit.connect(call)
    return lambda: settings.events.limit.disconnect(call)


def preferred_device() -> str:
    """Return where to compute when nothing else was chosen."""
    settings = _group("drawing")
    return "auto" if settings is None else str(settings.device)


def frame_seconds() -> float:
    """Return how many seconds lie between two frames of a run, at least."""
    settings = _group("drawing")
    return 1 / (DEFAULT_RATE if settings is None else int(settings.frame_rate))


def preferred_model() -> str:
    """Return the model to begin with; where there is no such model, the user is told, and it is the bundled one."""
    settings = _group("drawing")
    name = BUNDLED if settings is None else str(settings.model).strip() or BUNDLED
    try:
        find_model(name).card  # noqa: B018
    except ValueError as error:
        _tell(f"the default classifier is {name!r}, which can't be used ({error}): {WHERE}")
        return BUNDLED
    return name


def use_folder() -> None:
    """Keep models and downloads where the preferences say, from now on; the environment variable goes before them."""
    settings = _group("files")
    typed = "" if settings is None else str(settings.folder).strip()
    folder = Path(typed).expanduser() if typed else None
    if folder is not None and (not folder.is_absolute() or (folder.exists() and not folder.is_dir())):
        _tell(f"the folder for models is {typed!r}, expected the whole path of a folder: {WHERE}")
        folder = None
    keep_in(folder)


def _tell(message: str) -> None:
    """Warn once of what is wrong."""
    if message not in _told:
        _told.add(message)
        show_warning(message)
