"""From the form to a request, or to what is still missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.layers import Shapes

from napari_robust_synth._napari.history.earlier import as_seen
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.inputs.panels import SELECTED_LABEL
from napari_robust_synth._napari.layers.masks import add_mask, read_region
from napari_robust_synth._napari.layers.views import check_view
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth.tasks.inputs import image_choice

if TYPE_CHECKING:
    from napari.components import Dims, ViewerModel
    from napari.layers import Labels

    from napari_robust_synth._napari.view import DockView

NO_IMAGE = "Open a picture first, or try a sample."
NO_MASK = "Mark what may change: press + and paint on the picture."


def missing(view: DockView) -> str:
    """Say what is still needed before a run; empty when nothing is."""
    required = view.parameters.task().requires()
    if "image" in required and view.inputs.image_layer.value is None:
        return NO_IMAGE
    if "mask" in required and view.inputs.mask_layer.value is None:
        return NO_MASK
    return view.inputs.palette.lacking() if "palette" in required else view.inputs.lacking()


def new_mask(view: DockView, viewer: ViewerModel) -> Labels:
    """Add an empty mask on what is chosen of the image.

    Raises
    ------
    ValueError
        When no plane of that is shown.
    """
    image, scope = view.inputs.image_layer.value, view.inputs.scope
    check_view(image, viewer.dims)
    return add_mask(viewer, scope.plane(image, World.of(viewer.dims)), scope.slices)


def read(view: DockView, dims: Dims, *, all_slices: bool = False, all_labels: bool = False) -> Request:
    """Read the form and the layers, in the slice that is shown; of all slices the first, without the mask.

    ``all_labels`` count, whatever the form says of the region.

    Raises
    ------
    ValueError
        When a value or layer cannot be used.
    """
    inputs, task, world, keeper = view.inputs, view.parameters.task(), World.of(dims), keeper_of(view.viewer)
    keeper.compare(False)  # it is the result that is worked on, also while the original is shown
    optional = "image" in task.takes and image_choice(type(task)) is None
    image = inputs.image_layer.value if optional or "image" in task.requires() else None
    mask = inputs.mask_layer.value if "mask" in task.needs | task.takes else None
    if image is not None:
        check_view(image, dims)
    palette = inputs.palette.targets(all_slices=all_slices) if "palette" in task.needs else None
    selected_only = palette is None and not all_labels and inputs.region.value == SELECTED_LABEL
    plane = None if image is None else as_seen(keeper, inputs.scope.plane(image, world, all_slices=all_slices))
    region = None
    if palette is not None and isinstance(mask, Shapes):
        raise ValueError(f"layer {mask.name!r} holds shapes: a palette needs a Labels layer, press + to make one")
    if mask is not None and plane is not None and not all_slices:
        region = read_region(mask, plane, world, selected_only=selected_only)
    return Request(
        task=task,
        preset=view.parameters.preset.value,
        model=view.model.value,
        device=view.device.value,
        source=plane,
        region=region,
        labels=None if palette is None else mask,
        palette=palette,
        label=inputs.chosen_label,
        features=inputs.chosen_features(),
        seed=view.parameters.seed.value,
        size=view.parameters.working_size.value,
    )
