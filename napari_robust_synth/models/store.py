"""Where models are kept that did not come with the package."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

HOME_VARIABLE = "NAPARI_ROBUST_SYNTH_HOME"


def models_folder() -> Path:
    """Return the folder with one model folder for each model fetched, imported or trained in napari.

    It lies with the user's application data; the environment variable ``NAPARI_ROBUST_SYNTH_HOME`` moves it.
    """
    home = os.environ.get(HOME_VARIABLE)
    return (Path(home) if home else user_data_path("napari-robust-synth", appauthor=False)) / "models"
