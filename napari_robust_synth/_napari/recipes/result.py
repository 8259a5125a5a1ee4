"""The layer of what came of recipes that were made again: a picture, a stack with its slices, or a stack of results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.recipes import SERIES, as_metadata
from napari_robust_synth._napari.recipes.slices import stacked
from napari_robust_synth.tasks.recipes import RESULTS, SLICES, Recipes

if TYPE_CHECKING:
    from napari_robust_synth._napari.layers.planes import Plane
    from napari_robust_synth._napari.recipes.request import Replay
    from napari_robust_synth.tasks import Made

Look = dict[str, Any]


@dataclass(frozen=True)
class Replayed:
    """The layer of what came of recipes, the recipes it was made with, and what is to be told.

    ``before`` is the picture that was edited, laid out like it; None where there is none.
    """

    data: Array
    look: Look
    recipes: Recipes
    before: Array | None
    note: str


def laid_out(request: Replay, made: Made, picture: Array | None, note: str) -> Replayed:
    """Return the layer, which lies where its source does if that is a layer."""
    kind, metadata = made.recipes.kind, as_metadata(made.recipes)
    source = request.source if request.edits else None
    lay = partial(_alone, request) if source is None else partial(_over, source, request)
    data, look = lay(made.recipes, made.result)
    before = None if picture is None or kind == RESULTS or not request.edits else lay(made.recipes, picture)[0]
    if kind == RESULTS:
        metadata[SERIES]["stacked"] = source is not None
    title = request.subject if kind == SLICES else request.title
    title = f"{request.label or 'result'} · {request.task.name}" if source is None and request.edits else title
    several = {SLICES: f" · {len(made.result)} slices", RESULTS: f" · each {made.recipes.axis}"}.get(kind, "")
    return Replayed(data, {"name": title + several, **look, "metadata": metadata}, made.recipes, before, note)


def _alone(request: Replay, recipes: Recipes, pictures: Array) -> tuple[Array, Look]:
    several = recipes.kind in (SLICES, RESULTS)
    data = pictures if several else request.arrange(pictures)
    if data.shape[-1] == 2:  # grey with alpha, of which napari has no layers
        data = data[..., [0, 0, 0, 1]]
    rgb = data.ndim == (4 if several else 3)
    return data, {"rgb": rgb, **({} if rgb else {"contrast_limits": recipes.first.value_range})}


def _over(source: Plane, request: Replay, recipes: Recipes, pictures: Array) -> tuple[Array, Look]:
    if recipes.kind == SLICES:
        return stacked(source, recipes, pictures), request.placement
    if recipes.kind != RESULTS:
        return request.arrange(pictures), request.placement
    from napari_robust_synth.core import Crop

    data = np.stack([request.arrange(one) for one in pictures], dtype=pictures.dtype)
    top, left, bottom, right = request._part[0]
    matrix = request.cover(Crop(0, 0, bottom - top, right - left), pictures.shape[1:3])
    affine = np.eye(len(matrix) + 1)
    affine[1:, 1:] = matrix
    units, names = ("pixel", *request.units["units"]), (recipes.axis, *request.units["axis_labels"])
    return data, {"affine": affine, "units": units, "axis_labels": names, **source.look}
