"""The layer of what came of recipes that were made again: a picture, a stack with its slices, or a stack of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.frames import SERIES
from napari_robust_synth._napari.recipes.layer import as_metadata
from napari_robust_synth._napari.recipes.slices import stacked
from napari_robust_synth.tasks.recipes import RESULTS, SLICES

if TYPE_CHECKING:
    from napari_robust_synth._napari.layers.planes import Plane
    from napari_robust_synth._napari.recipes.request import Replay
    from napari_robust_synth.tasks import Made

Layer = tuple[Array, dict[str, Any]]


def laid_out(request: Replay, made: Made) -> Layer:
    """Return the data and the look of the layer, which lies where its source does if that is a layer."""
    kind, metadata = made.recipes.kind, as_metadata(made.recipes)
    source = request.source if request.edits else None
    data, look = _alone(request, made) if source is None else _over(source, request, made)
    if kind == RESULTS:
        metadata[SERIES]["stacked"] = source is not None
    title = f"{request.label or 'result'} · {request.task.name}" if source is None and request.edits else request.title
    several = {SLICES: f" · {len(made.result)} slices", RESULTS: f" · each {made.recipes.axis}"}.get(kind, "")
    return data, {"name": title + several, **look, "metadata": metadata}


def _alone(request: Replay, made: Made) -> Layer:
    several = made.recipes.kind in (SLICES, RESULTS)
    data = made.result if several else request.arrange(made.result)
    if data.shape[-1] == 2:  # grey with alpha, of which napari has no layers
        data = data[..., [0, 0, 0, 1]]
    rgb = data.ndim == (4 if several else 3)
    return data, {"rgb": rgb, **({} if rgb else {"contrast_limits": made.recipes.first.value_range})}


def _over(source: Plane, request: Replay, made: Made) -> Layer:
    if made.recipes.kind == SLICES:
        return stacked(source, made.recipes, made.result), request.placement
    if made.recipes.kind != RESULTS:
        return request.arrange(made.result), request.placement
    from napari_robust_synth.core import Crop

    data = np.stack([request.arrange(one) for one in made.result], dtype=made.result.dtype)
    top, left, bottom, right = request._part[0]
    matrix = request.cover(Crop(0, 0, bottom - top, right - left), made.result.shape[1:3])
    affine = np.eye(len(matrix) + 1)
    affine[1:, 1:] = matrix
    units, names = ("pixel", *request.units["units"]), (made.recipes.axis, *request.units["axis_labels"])
    return data, {"affine": affine, "units": units, "axis_labels": names, **source.look}
