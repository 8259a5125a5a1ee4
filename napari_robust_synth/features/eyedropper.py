"""The eyedropper: which components a region raises against the rest of its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.base import MAX_SIZE
from napari_robust_synth.tasks.inputs import check_size

FINER = 1.5


@dataclass(frozen=True)
class Raised:
    """A component, its mean inside and outside the region, and the score it is ranked by."""

    component: int
    score: float
    inside: float
    outside: float


def eyedropper(
    classifier: Classifier,
    image: core.Array,
    mask: core.Array,
    value_range: core.Range | None = None,
    *,
    size: int | None = None,
    top: int = 20,
) -> list[Raised]:
    """Return the components that a region raises most, the first most.

    The score is (inside - outside) / (usual + mean usual), where the usual level is the mean over the whole part of the
    picture that is looked at, and the mean usual that of all components: what is strong everywhere counts less, and
    what is hardly ever there can't win by a trifle.

    Parameters
    ----------
    image, mask, value_range :
        As for `tasks.Job`. The region's surroundings are looked at, as in a run.
    size : int, optional
        Working size in pixels; see `looking_size`.
    top : int
        How many.

    Raises
    ------
    ValueError
        When picture or mask can't be used, or nothing is left outside the mask.
    """
    size = check_size(looking_size(classifier) if size is None else size)
    image = core.check_image(image)
    limits = core.dtype_range(image, value_range)
    marked = core.check_mask(mask, image.shape)
    crop = core.working_crop(image.shape[:2], marked, size)
    region = marked[crop.slices]
    if region.all():
        raise ValueError("the mask marks the whole picture: leave some of it out, to compare with")
    x = core.resample(core.to_tensor(image[crop.slices], limits), core.working_shape(crop.shape, size))
    inside, outside, usual = levels(classifier, x, torch.from_numpy(region.astype(np.float32))[None, None])
    score = (inside - outside) / (usual + usual.mean()).clamp_min(torch.finfo(usual.dtype).tiny)
    best = score.argsort(descending=True, stable=True)[:top].tolist()
    return [Raised(i, float(score[i]), float(inside[i]), float(outside[i])) for i in best]


def looking_size(classifier: Classifier) -> int:
    """Return the default working size: finer than the model's own, whose feature map is coarse."""
    return min(round(FINER * classifier.size), MAX_SIZE)


def levels(classifier: Classifier, x: Tensor, region: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return each component's mean inside and outside a region, and over all, (C,) each.

    Parameters
    ----------
    x : Tensor
        (1, 3, h, w) in [0, 1].
    region : Tensor
        (1, 1, H, W), 1 inside, of any resolution.
    """
    with torch.no_grad():
        maps = classifier.feature_map(x.to(classifier.device))[0].cpu()
    if maps.shape[1:] == (1, 1):
        raise ValueError(f"model {classifier.name} has no feature map, only one list of features for a whole picture")
    weight = core.resample(region, (maps.shape[1], maps.shape[2]))[0, 0]
    inside = (maps * weight).sum((1, 2)) / weight.sum().clamp_min(1e-6)
    outside = (maps * (1 - weight)).sum((1, 2)) / (1 - weight).sum().clamp_min(1e-6)
    return inside, outside, maps.mean((1, 2))
