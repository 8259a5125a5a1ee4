"""The frames of a run as a layer with a slider, and as a file that moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from napari.layers import Image
from napari.utils.notifications import show_error, show_info
from qtpy.QtWidgets import QFileDialog, QWidget
from superqt.utils import FunctionWorker

from napari_robust_synth._napari.layers.arrays import Array, Matrix
from napari_robust_synth._napari.layers.recipes import RECIPE, SERIES
from napari_robust_synth._napari.window.progress import Progress
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.history.animation import SUFFIXES, write_animation
from napari_robust_synth.models.cancel import Cancel, Cancelled

STEPS = "robust_synthesis_steps"
"""Where a layer of frames says in its metadata which steps they are."""
KINDS = "Animated PNG (*.png);;GIF (*.gif);;TIFF (*.tif *.tiff)"


def frames_layer(steps: list[int], frames: Array, matrix: Matrix, recipe: dict[str, Any], **look: Any) -> Image:
    """Make a layer of frames (T, ..., h, w, 4), whose first axis is time; ``matrix`` places each."""
    affine = np.eye(len(matrix) + 1)
    affine[1:, 1:] = matrix
    metadata = {STEPS: steps, RECIPE: recipe}
    return Image(frames, rgb=True, affine=affine, interpolation2d="linear", metadata=metadata, **look)


def covering(layer: Any) -> bool:
    """Say whether a layer lies over a picture and shows other states of it."""
    return STEPS in layer.metadata or bool(layer.metadata.get(SERIES, {}).get("stacked"))


def frames_of(layer: Any) -> Array | None:
    """Return the frames that a layer holds, without what is clear; None for another layer."""
    if not isinstance(layer, Image) or STEPS not in layer.metadata or not layer.rgb:
        return None
    data: Array = np.asarray(layer.data)
    return data.reshape(len(data), *data.shape[-3:])[..., :3]


def save_frames(layer: Image, parent: QWidget) -> FunctionWorker[str] | None:
    """Ask for a name and write a layer's frames there, in the background."""
    frames = frames_of(layer)
    chosen, kind = QFileDialog.getSaveFileName(parent, "Save the frames", f"{layer.name}.png", KINDS)
    if not chosen or frames is None:
        return None
    path = Path(chosen)
    if path.suffix.lower() not in SUFFIXES:
        path = path.with_name(path.name + kind.partition("*")[2].rstrip(")").split()[0])
    return write(frames, path)


def write(frames: Array, path: Path) -> FunctionWorker[str]:
    """Write frames in the background; Cancel in the activity dock ends that, and leaves nothing."""
    cancel, bar = Cancel(), Progress(desc=f"Saving {path.name}")
    bar.stop = cancel

    def work() -> str:
        try:
            write_animation(frames, path, tick=cancel.check)
        except Cancelled:
            return "Cancelled: nothing was saved"
        return f"Saved {path}"

    worker = background(work)
    worker.returned.connect(show_info)
    worker.errored.connect(lambda error: show_error(str(error)))
    worker.finished.connect(bar.close)
    worker.start()
    return worker
