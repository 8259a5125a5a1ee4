"""From the form to a request, or to what is still missing."""

from __future__ import annotations

from napari_robust_synth._napari.layers import labels_of, mask_of
from napari_robust_synth._napari.panels import SELECTED_LABEL
from napari_robust_synth._napari.request import Request
from napari_robust_synth._napari.view import DockView
from napari_robust_synth.tasks.inputs import image_choice

NO_IMAGE = "Open a picture first, or try a sample."
NO_MASK = "Mark what may change: press + and paint on the picture."


def missing(view: DockView) -> str:
    """Say what is still needed before a run; empty when nothing is."""
    required = view.parameters.task().requires()
    if "image" in required and view.inputs.image_layer.value is None:
        return NO_IMAGE
    if "mask" in required and view.inputs.mask_layer.value is None:
        return NO_MASK
    return view.inputs.palette.lacking() if "palette" in required else ""


def read(view: DockView) -> Request:
    """Read the form and the layers.

    Raises
    ------
    ValueError
        When a value or layer cannot be used.
    """
    inputs, task = view.inputs, view.parameters.task()
    optional = "image" in task.takes and image_choice(type(task)) is None
    image = inputs.image_layer.value if optional or "image" in task.requires() else None
    mask = inputs.mask_layer.value if "mask" in task.needs | task.takes else None
    selected_only = inputs.region.value == SELECTED_LABEL
    palette = inputs.palette.targets() if "palette" in task.needs else None
    make_mask = None
    if mask is not None and image is not None:
        make_mask = mask_of(mask, image, selected_only=selected_only) if palette is None else labels_of(mask, image)
    return Request(
        task=task,
        preset=view.parameters.preset.value,
        model=view.model.value,
        device=view.device.value,
        source=image,
        make_mask=make_mask,
        labels=None if palette is None else mask,
        palette=palette,
        label=inputs.chosen_label,
        features=inputs.chosen_features(),
        seed=view.parameters.seed.value,
        size=view.parameters.working_size.value,
    )
