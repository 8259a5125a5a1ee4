"""What may change: regions that Labels and Shapes layers mark, made only where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import (
    Array,
    Box,
    Mask,
    Matrix,
    NothingThereError,
    finest,
    grid_shift,
    outline,
    resampled,
    shapes_mask,
)
from napari_robust_synth._napari.layers.planes import LARGEST, Plane
from napari_robust_synth._napari.layers.slices import slice_at
from napari_robust_synth._napari.layers.world import World

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Labels, Shapes

STRIP = 1024
"""So many rows of labels are looked at together."""
Copies = dict[tuple[int, ...], tuple[tuple[int, int], Array]]
"""Corners, and labels from there on, of planes by their index."""
OUTSIDE = "the mask marks no pixel of the image: move it over what may change, or make it larger"


@dataclass(frozen=True)
class LabelRegion:
    """A plane of labels, of which one value or all that are not 0 are marked; ``to_labels`` is from pixels to it."""

    labels: Any
    index: tuple[int, ...]
    chosen: int | None
    to_labels: Matrix

    def corners(self) -> Matrix:
        """Return the corners (4, 2) of what is marked, in pixels of the image.

        Raises
        ------
        ValueError
            When nothing is.
        """
        top, left, bottom, right = self._bounds
        around = np.array([(y, x, 1) for y in (top - 0.5, bottom - 0.5) for x in (left - 0.5, right - 0.5)])
        corners: Matrix = (around @ np.linalg.inv(self.to_labels).T)[:, :2]
        return corners

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the plane of labels."""
        height, width = self.labels.shape[-2:]
        return height, width

    def on(self, box: Box) -> Mask:
        """Return what is marked in a part of the image: nearest neighbour."""
        labels = self.labels_on(box)
        marked: Mask = labels != 0 if self.chosen is None else labels == self.chosen
        return marked

    def labels_on(self, box: Box) -> Array:
        """Return the labels in a part of the image: nearest neighbour."""
        top, left, bottom, right = self._bounds
        part = np.asarray(self.labels[(*self.index, slice(top, bottom), slice(left, right))])
        to_part = grid_shift((1, 1), (-top, -left)) @ self.to_labels @ grid_shift((1, 1), box[:2])
        return resampled(part, to_part, (box[2] - box[0], box[3] - box[1]))

    def still(self, copies: Copies) -> LabelRegion:
        """Return the same of a small copy, which no brush changes; ``copies`` has those of other slices."""
        if self.index not in copies:
            top, left, bottom, right = self._bounds
            part = np.asarray(self.labels[(*self.index, slice(top, bottom), slice(left, right))])
            small = np.result_type(*map(np.min_scalar_type, (part.min(), part.max())))
            copies[self.index] = (top, left), part.astype(small)
        (top, left), labels = copies[self.index]
        return LabelRegion(labels, (), self.chosen, grid_shift((1, 1), (-top, -left)) @ self.to_labels)

    @cached_property
    def _bounds(self) -> Box:
        height = self.shape[0]
        strips = [(top, self._marked(slice(top, top + STRIP), slice(None))) for top in range(0, height, STRIP)]
        rows = np.concatenate([top + np.flatnonzero(strip.any(1)) for top, strip in strips])
        if not len(rows):
            raise NothingThereError("the mask is empty: paint the region that may change")
        columns = np.flatnonzero(np.any([strip.any(0) for _, strip in strips], axis=0))
        return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1

    def _marked(self, rows: slice, columns: slice) -> Mask:
        part: Array = np.asarray(self.labels[(*self.index, rows, columns)])
        marked: Mask = part != 0 if self.chosen is None else part == self.chosen
        return marked


@dataclass(frozen=True)
class ShapeRegion:
    """Polygons (V, 2) in pixels of the image."""

    outlines: Sequence[Matrix]

    def corners(self) -> Matrix:
        """Return points that all outlines lie between, (N, 2)."""
        return np.concatenate(self.outlines)

    def on(self, box: Box) -> Mask:
        """Return what is marked in a part of the image."""
        return shapes_mask(self.outlines, grid_shift((1, 1), (-box[0], -box[1])), (box[2] - box[0], box[3] - box[1]))


Region = LabelRegion | ShapeRegion


def read_region(layer: Labels | Shapes, plane: Plane, world: World, *, selected_only: bool) -> Region:
    """Read what a layer marks in the plane that is shown; the labels are looked at later, in any thread.

    Raises
    ------
    ValueError
        When nothing can be marked.
    """
    index = world.index(layer)
    to_world = world.matrix(layer, index)
    if layer._type_string == "labels":
        chosen = layer.selected_label if selected_only else None
        if chosen == 0:
            raise ValueError("the selected label is 0, the background: select the label of the region, or all labels")
        return LabelRegion(finest(layer), index, chosen, np.linalg.solve(to_world, plane.to_world))
    outlines = [
        outline(np.asarray(vertices)[:, -2:], kind)
        for vertices, kind in zip(layer.data, layer.shape_type, strict=True)
        if tuple(np.round(vertices[0, :-2]).astype(int)) == index
    ]
    to_image = np.linalg.solve(plane.to_world, to_world)
    filled = [o @ to_image[:2, :2].T + to_image[:2, 2] for o in outlines if o is not None]
    if not filled:
        raise NothingThereError("the mask is empty: draw a shape that fills an area")
    return ShapeRegion(filled)


def add_mask(viewer: ViewerModel, plane: Plane, axis: int | None = None) -> Labels:
    """Add an empty Labels layer, ready to paint on a plane, or what is in view of it; with ``axis``, on all slices."""
    top, left, bottom, right = in_view(plane.layer) if max(plane.shape) > LARGEST else (0, 0, *plane.shape)
    shape = (min(bottom - top, LARGEST), min(right - left, LARGEST))
    empty = plane.stacked(np.zeros(shape, np.uint8))
    if axis is not None:
        plane = slice_at(plane, axis, 0)
        empty = np.zeros((*empty.shape[:axis], plane.data.shape[axis], *empty.shape[axis + 1 :]), np.uint8)
    layer = viewer.add_labels(empty, name=f"{plane.name} · mask", **plane.placed((top, left)))
    layer.brush_size = max(min(shape) // 10, 1)
    layer.mode = "paint"
    return layer


def in_view(image: Image) -> Box:
    """Return which pixels of the finest scale the window shows."""
    finer = image.downsample_factors[image.data_level][-2:] if image.multiscale else np.ones(2)
    (top, left), (bottom, right) = (image.corner_pixels[:, -2:] * finer).astype(int)
    return int(top), int(left), int(bottom) + 1, int(right) + 1


def marked_box(region: Region, shape: tuple[int, int]) -> Box:
    """Return the bounding box of the pixels that a region marks in an image of a shape.

    Raises
    ------
    ValueError
        When there are none.
    """
    corners = region.corners()
    top, left = np.maximum(np.floor(corners.min(0)).astype(int), 0)
    bottom, right = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, shape)
    if top >= bottom or left >= right:
        raise NothingThereError(OUTSIDE)
    mask = region.on((top, left, bottom, right))
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        raise NothingThereError(OUTSIDE)
    return int(top + rows[0]), int(left + columns[0]), int(top + rows[-1]) + 1, int(left + columns[-1]) + 1
