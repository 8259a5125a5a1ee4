"""Where models are kept that did not come with the package, and how a file gets there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from platformdirs import user_data_path

HOME_VARIABLE = "NAPARI_ROBUST_SYNTH_HOME"
_chosen: list[Path] = []


def home_folder() -> Path:
    """Return the folder for everything we keep.

    It lies with the user's application data; the environment variable ``NAPARI_ROBUST_SYNTH_HOME`` moves it, and
    where there is none, `keep_in` does.
    """
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home).expanduser().absolute()
    return _chosen[0] if _chosen else user_data_path("napari-robust-synth", appauthor=False)


def keep_in(folder: Path | None) -> None:
    """Keep everything in a folder from now on, in this process; None is the usual one again."""
    _chosen[:] = [] if folder is None else [folder]


def same_home() -> dict[str, str]:
    """Return the environment of a process that is to keep everything where this one does."""
    return {**os.environ, HOME_VARIABLE: str(home_folder())}


def models_folder() -> Path:
    """Return the folder with one model folder for each model fetched, imported or trained in napari."""
    return home_folder() / "models"


def downloads_folder() -> Path:
    """Return the folder of downloads: whole files, and parts that the next download goes on with."""
    return home_folder() / "downloads"


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Let ``write`` fill a temporary file in the same folder, then move it into place."""
    temporary = path.with_name(f".{uuid4().hex}{path.suffix}")
    temporary.touch()
    mode = temporary.stat().st_mode  # safetensors would make the file readable by its owner alone
    try:
        write(temporary)
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
