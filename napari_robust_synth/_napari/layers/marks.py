"""What layers mark as examples of classes: regions on an image's grid, each with the key of its class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.ndimage import find_objects
from skimage.draw import polygon2mask
from skimage.measure import label as connected

from napari_robust_synth._napari.layers.arrays import Mask, Matrix, finest, outline, resampled
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.layers.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from napari.layers import Labels, Shapes

CLASS = "class"
"""The column of a layer's features that names classes."""


@dataclass(frozen=True)
class Region:
    """A marked region: the key of its class, where its bounding box begins, and the mask in that."""

    key: str
    top: int
    left: int
    mask: Mask


@dataclass(frozen=True)
class LabelMarks:
    """A plane of a Labels layer; each connected region of one label is a region.

    The label is the key of its class, or ``classes`` says which class the label is of.
    """

    data: Any
    index: tuple[int, ...]
    to_world: Matrix
    classes: Mapping[int, str] | None

    def regions(self, picture: Plane) -> Iterator[Region]:
        """Yield the regions on a picture's grid, from top to bottom."""
        to_labels = np.linalg.solve(self.to_world, picture.to_world)
        labels = np.asarray(self.data[self.index])
        grid = resampled(labels.astype(np.uint8) if labels.dtype == bool else labels, to_labels, picture.shape)
        parts = connected(grid, connectivity=2)
        for number, box in enumerate(find_objects(parts), start=1):
            mask = parts[box] == number
            value = int(grid[box][mask][0])
            if self.classes is None or value in self.classes:
                key = str(value) if self.classes is None else self.classes[value]
                yield Region(key, box[0].start, box[1].start, mask)


@dataclass(frozen=True)
class ShapeMarks:
    """The shapes in a plane that fill an area, each with the key of its class."""

    outlines: Sequence[tuple[str, Matrix]]
    to_world: Matrix

    def regions(self, picture: Plane) -> Iterator[Region]:
        """Yield the regions on a picture's grid, as far as they lie on it."""
        to_image = np.linalg.solve(picture.to_world, self.to_world)
        for key, vertices in self.outlines:
            points = vertices @ to_image[:2, :2].T + to_image[:2, 2]
            first = np.maximum(np.floor(points.min(0)).astype(int), 0)
            last = np.minimum(np.ceil(points.max(0)).astype(int) + 1, picture.shape)
            if (first < last).all():
                mask: Mask = polygon2mask(tuple(last - first), points - first)
                if mask.any():
                    yield Region(key, int(first[0]), int(first[1]), mask)


Marks = LabelMarks | ShapeMarks


def read_marks(layer: Labels | Shapes, world: World) -> Marks:
    """Describe what a layer marks in the plane that is shown."""
    index = world.index(layer)
    matrix = world.matrix(layer, index)
    if layer._type_string == "labels":
        return LabelMarks(finest(layer), index, matrix, _label_classes(layer.features))
    named = CLASS in layer.features
    keys = [str(key) for key in layer.features[CLASS]] if named else [_hex(colour) for colour in layer.face_color]
    outlines = [
        (key, filled)
        for key, vertices, kind in zip(keys, layer.data, layer.shape_type, strict=True)
        if tuple(np.round(vertices[0, :-2]).astype(int)) == index
        and (filled := outline(np.asarray(vertices)[:, -2:], kind)) is not None
    ]
    return ShapeMarks(outlines, matrix)


def colour_of(layer: Labels | Shapes, key: str) -> str | None:
    """Return the colour that a class is marked with, as ``#rrggbb``; None where a feature names the class."""
    if CLASS in layer.features:
        return None
    return _hex(layer.get_color(int(key))) if layer._type_string == "labels" else key


def _label_classes(features: Any) -> dict[int, str] | None:
    if CLASS not in features:
        return None
    numbers = features["index"] if "index" in features else range(len(features))
    pairs = zip(numbers, features[CLASS], strict=True)
    return {int(number): str(name) for number, name in pairs if number != 0 and name == name}


def _hex(colour: Sequence[float]) -> str:
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in colour[:3])
