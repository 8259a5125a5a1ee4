"""Which part of a plane a run reads."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import numpy as np

from napari_robust_synth._napari.layers.arrays import Box
from napari_robust_synth._napari.layers.earlier import shared
from napari_robust_synth._napari.layers.masks import LabelRegion, Region, marked_box
from napari_robust_synth._napari.layers.planes import LARGEST, Plane
from napari_robust_synth._napari.layers.strokes import covered

if TYPE_CHECKING:
    from napari_robust_synth.core import Crop


def choose_part(plane: Plane, region: Region | None, size: int) -> Crop:
    """Return all of a plane, or of a large or lazy one what a run in a region works on.

    Raises
    ------
    ValueError
        When the region marks nothing, or nothing tells which part of a large plane is meant.
    """
    from napari_robust_synth.core import Crop, crop_around

    box = None if region is None else Crop(*marked_box(region, plane.shape))
    if box is not None and not plane.copied:
        return crop_around(plane.shape, box, size)
    height, width = plane.shape
    if max(height, width) > LARGEST:
        raise ValueError(
            f"{plane.name!r} has {width} x {height} px, more than {LARGEST} a side: mark a region, "
            "or cut out what is to change"
        )
    return Crop(0, 0, height, width)


def part_to_edit(plane: Plane, region: Region | None, size: int) -> Box:
    """Return the same, or what an earlier run has edited when that holds it: so the edits are of one picture.

    Raises
    ------
    ValueError
        See `choose_part`.
    """
    part = astuple(choose_part(plane, region, size))
    edited = [one.box for one in plane.earlier if one.over(plane.spots(one.box)) is not None]
    return next((box for box in reversed(edited) if shared(box, part) == part), part)


def paintable(plane: Plane, region: LabelRegion) -> Box:
    """Return what strokes may lie on: all of a plane, or of a large one what the labels layer covers.

    Raises
    ------
    ValueError
        When that is nothing, or large itself.
    """
    if max(plane.shape) <= LARGEST:
        return 0, 0, *plane.shape
    (top, bottom), (left, right) = covered((0, 0, *region.shape), np.linalg.inv(region.to_labels), plane.shape)
    if not 0 < bottom - top <= LARGEST or not 0 < right - left <= LARGEST:
        raise ValueError(
            f"the labels cover {max(right - left, 0)} x {max(bottom - top, 0)} px of {plane.name!r}, expected 1 to "
            f"{LARGEST} a side: zoom in and press + for labels on what is in view"
        )
    return top, left, bottom, right
