"""An empty Labels layer on the image, ready to paint."""

from __future__ import annotations

import napari.viewer
import numpy as np
from napari.utils.notifications import show_error

from napari_robust_synth._napari.layers import check_planar, placement
from napari_robust_synth._napari.panels import InputPanel


def add_mask(viewer: napari.viewer.Viewer, inputs: InputPanel) -> None:
    """Add it, and choose it in the form."""
    image = inputs.image_layer.value
    if image is None:
        show_error("Choose an image first: the mask is made to its size")
        return
    try:
        check_planar(image)
    except ValueError as error:
        show_error(str(error))
        return
    shape = image.data.shape[:2]
    layer = viewer.add_labels(np.zeros(shape, np.uint8), name=f"{image.name} · mask", **placement(image))
    layer.brush_size = max(min(shape) // 10, 1)
    layer.mode = "paint"
    inputs.mask_layer.value = layer
