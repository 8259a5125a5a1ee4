"""What changes between two looks at a label image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth import core
from napari_robust_synth.tasks.packing import pack_labels, unpack_labels

HIGHEST = 2**31 - 1
Labels = NDArray[Any]


def news(known: NDArray[np.int32], top: int, left: int, labels: Labels) -> tuple[core.Crop, core.Mask, Labels] | None:
    """Compare a rectangle of a label image with what is known of it.

    Parameters
    ----------
    known : array
        (H, W), what the label image was.
    top, left : int
        Where the rectangle begins.
    labels : array
        (h, w), what it is now; labels below 0 count as 0.

    Returns
    -------
    (Crop, array, array) or None
        The bounding box of what is new, where it is new (bool), and all labels there; None when nothing is new.

    Raises
    ------
    ValueError
        When it does not lie within the picture, or a label is beyond 2**31 - 1.
    """
    bottom, right = top + labels.shape[0], left + labels.shape[1]
    height, width = known.shape[:2]
    if min(top, left) < 0 or bottom > height or right > width:
        raise ValueError(f"a stroke reaches row {bottom}, column {right} of {width} x {height} px")
    if labels.size and int(labels.max()) > HIGHEST:
        raise ValueError(f"a label is {int(labels.max())}, expected at most {HIGHEST}")
    labels = labels.clip(0).astype(np.int32)
    new = labels != known[top:bottom, left:right]
    if not new.any():
        return None
    (first, last), (start, stop) = (
        (int(at[0]), int(at[-1]) + 1) for at in map(np.flatnonzero, (new.any(1), new.any(0)))
    )
    box = core.Crop(top + first, left + start, top + last, left + stop)
    return box, new[first:last, start:stop], labels[first:last, start:stop]


def write_stroke(box: core.Crop, labels: Labels) -> dict[str, Any]:
    """Write down the labels of a rectangle as a recipe has them."""
    return {"top": box.top, "left": box.left, **pack_labels(labels)}


def read_stroke(raw: Any) -> tuple[int, int, Labels]:
    """Read a stroke of a recipe: where it begins, and the labels.

    Raises
    ------
    ValueError
        When it is damaged.
    """
    if not isinstance(raw, Mapping) or not all(isinstance(raw.get(side), int) for side in ("top", "left")):
        raise ValueError("a stroke of the recipe is damaged: expected top, left and labels")
    return raw["top"], raw["left"], unpack_labels(raw)
