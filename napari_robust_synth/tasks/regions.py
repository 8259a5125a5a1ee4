"""From a label image and what its labels stand for to the regions of a palette."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.base import Regions
from napari_robust_synth.tasks.inputs import check_features, class_index
from napari_robust_synth.tasks.targets import Target, Targets, check_targets, read_targets

Labels = NDArray[Any]


def check_labels(labels: core.Array, shape: tuple[int, ...], targets: Targets) -> Labels:
    """Return a label image (H, W) in which only labels of the palette are left.

    Raises
    ------
    ValueError
        When it is not one whole number a pixel, its size is not that of the image, or no label is of the palette.
    """
    given = np.asarray(labels)
    given = given[..., 0] if given.ndim == 3 and given.shape[2] == 1 else given
    if given.ndim != 2 or given.dtype.kind not in "bui":
        raise ValueError(
            f"the labels have the shape {given.shape} and type {given.dtype}, expected one whole number a pixel: "
            "save them as grey PNG or TIFF"
        )
    if given.shape != shape[:2]:
        got = " x ".join(map(str, given.shape[::-1]))
        raise ValueError(f"the labels are {got} px, but the image is {shape[1]} x {shape[0]} px: they must agree")
    kept: Labels = np.where(np.isin(given, list(targets)), given, 0)
    if not kept.any():
        found = [int(i) for i in np.unique(given) if i][:5]
        there = f"has {', '.join(map(str, found))}" if found else "is empty"
        raise ValueError(f"the label image {there}, but the palette is for {', '.join(map(str, list(targets)[:5]))}")
    return kept


def named(classifier: Classifier, targets: Targets) -> dict[int, Target]:
    """Return a palette with classes as the classifier calls them.

    Raises
    ------
    ValueError
        When a class or feature is unknown.
    """
    found: dict[int, Target] = {}
    for label, target in check_targets(targets).items():
        try:
            check_features(classifier, target.features)
            index = None if target.label is None else class_index(classifier.class_names, target.label)
        except ValueError as error:
            raise ValueError(f"label {label} of the palette: {error}") from None
        found[label] = target if index is None else replace(target, label=classifier.class_names[index])
    return found


def lay_out(classifier: Classifier, labels: Labels, targets: Targets, shape: tuple[int, int]) -> Regions:
    """Share a coarser grid (h, w) out among the labels of a palette that are in ``labels`` (H, W)."""
    there = {label: target for label, target in targets.items() if (labels == label).any()}
    owned = core.owners(torch.from_numpy(labels.astype(np.int64)), list(there), shape)
    masks = torch.stack([owned == place for place in range(1, len(there) + 1)])[:, None]
    return Regions(masks.to(classifier.device), there)


def aimed_anew(classifier: Classifier, regions: Regions, raw: Any) -> Regions:
    """Return the same regions after a change of the palette; a label that the change leaves out stays as it is."""
    targets = named(classifier, read_targets(raw))
    return replace(regions, targets={label: targets.get(label, old) for label, old in regions.targets.items()})
