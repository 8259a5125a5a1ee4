"""What a counterfactual adds beside its result: a signed difference, clear where nothing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils.colormaps import Colormap

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.running.runner import Outcome

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth.tasks import Job

DIVERGING = Colormap(
    [[0.05, 0.25, 1, 1], [0.2, 0.45, 1, 0.7], [0.5, 0.5, 0.5, 0], [1, 0.4, 0.2, 0.7], [0.9, 0.05, 0, 1]],
    name="less blue, more red",
)
LayerData = tuple[Array, dict[str, Any]]


def found(request: Request, job: Job, outcome: Outcome) -> Outcome:
    """Add the verdict with the distance, and the difference to the layers; runs in the worker."""
    from napari_robust_synth.tasks.distances import measure

    distance = measure(job, outcome.result)
    outcome = outcome.judged(job.label, distance.before, distance.after)
    words = f"{outcome.verdict}, distance {distance.distance:.2f}"
    if not distance.reached:
        words += f": {job.label} was not reached, try more steps"
    layer = difference_layer(request, job.picture.source, outcome.result)
    return replace(outcome, verdict=words, beside=(layer,))


def difference_layer(request: Request, source: Array, result: Array) -> LayerData:
    """Return the data and the look of the layer; colours lie along a first axis, ``channel``."""
    from napari_robust_synth.core import Crop
    from napari_robust_synth.tasks.difference import difference

    data = difference(source, result)
    height, width = data.shape[:2]
    matrix = request.cover(Crop(0, 0, height, width), (height, width))
    units, axes = (tuple(request.units[name]) for name in ("units", "axis_labels"))
    coloured, data = data.ndim == 3, request.arrange(data)
    if coloured:
        data, stacked = np.ascontiguousarray(np.moveaxis(data[..., :3], -1, 0)), np.eye(len(matrix) + 1)
        stacked[1:, 1:], matrix = matrix, stacked
        units, axes = ("pixel", *units), ("channel", *axes)
    most = float(np.abs(data).max()) or 1.0
    return data, {
        "name": f"{request.title} · difference",
        "colormap": DIVERGING,
        "contrast_limits": (-most, most),
        "blending": "translucent",
        "affine": matrix,
        "units": units,
        "axis_labels": axes,
    }
