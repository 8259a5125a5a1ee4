"""Which views a run can be started in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_robust_synth._napari.layers.arrays import finest

if TYPE_CHECKING:
    from napari.components import Dims
    from napari.layers import Image

CHANNELS = 8
"""A last axis of a stack that is no longer than this is taken for channels."""


def check_view(layer: Image, dims: Dims) -> None:
    """Refuse a view in which no plane of the layer's last two axes is shown.

    Raises
    ------
    ValueError
        Saying what to do.
    """
    if layer.ndim > 2 and (channels := finest(layer).shape[-1]) <= CHANNELS and not layer.rgb:
        raise ValueError(
            f"the last axis of layer {layer.name!r} has {channels} values, expected the width: if they are channels, "
            f"add the image with channel_axis=-1{' or rgb=True' if channels in (3, 4) else ''}"
        )
    if dims.ndisplay != 2:
        raise ValueError("the view is 3D: switch to the 2D view, and move to the slice that is to change")
    if tuple(dims.order[-2:]) != (dims.ndim - 2, dims.ndim - 1):
        names = " and ".join(dims.axis_labels[i] for i in dims.displayed)
        raise ValueError(f"the view shows the axes {names} of {layer.name!r}, expected its last two: roll them back")
