"""Save a result as a picture that carries its recipe, in one step: napari's dialog would have to be told the format."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from napari.layers import Image
from napari.utils.notifications import show_error, show_info
from qtpy.QtWidgets import QFileDialog, QWidget

from napari_robust_synth._napari.recipes.files import write_picture
from napari_robust_synth._napari.recipes.layer import recipes_in_layer_or_none
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.pictures.embedded import SUFFIXES

FORMATS = "TIFF and PNG (*.tif *.tiff *.png)"


def carries_recipe(layer: Any) -> bool:
    """Return whether a layer is a result that can be saved so."""
    return isinstance(layer, Image) and recipes_in_layer_or_none(layer) is not None


def ask_and_save(layer: Any, window: QWidget | None) -> None:
    """Ask where, and save a result in the background; what came of it is shown by napari."""
    if not carries_recipe(layer):
        show_error("Select a result first: a layer that a run made")
        return
    one = set(layer.data.shape[: layer.ndim - 2]) <= {1}
    name = re.sub(r'[\\/:*?"<>|]', "_", layer.name) + (".png" if layer.dtype == np.uint8 and one else ".tif")
    chosen, _ = QFileDialog.getSaveFileName(window, "Save a picture with its recipe", name, FORMATS)
    if not chosen:
        return
    if Path(chosen).suffix.lower() not in SUFFIXES:  # such as that of "church 0.5"
        typed, chosen = chosen, chosen + Path(name).suffix
        if unasked(typed, Path(chosen)):
            return
    worker = background(_write, chosen, layer.data, layer.as_layer_data_tuple()[1])
    worker.returned.connect(lambda paths: show_info(f"Saved {Path(paths[0]).name}"))
    worker.errored.connect(lambda error: show_error(str(error)))
    worker.start()


def unasked(typed: str, path: Path) -> bool:
    """Refuse, and say so, a completed name that is a file's already: the dialog asked about the typed one only."""
    there = path != Path(typed) and path.exists()
    if there:
        show_error(f"{path.name} is already there: choose another name, or that one in full")
    return there


def _write(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """Write a copy: a user may paint meanwhile. Made in the worker, since it takes long where there is much."""
    return write_picture(path, np.array(data), meta)
