"""Masks land where the window shows them, whatever the transforms."""

import numpy as np
import pytest
from napari.layers import Image, Labels, Shapes

from napari_robust_synth._napari.layers.arrays import grid_shift
from napari_robust_synth._napari.layers.masks import marked_box, read_region
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.recipes import OBJECTS, RECIPE, SERIES, edit_part, recipes_part
from napari_robust_synth._napari.layers.world import World

PLACES = [
    {},
    {"scale": (2, 3), "translate": (5, 7)},
    {"scale": (0.5, 0.5), "rotate": 30, "shear": [0.2], "affine": [[1, 0.1, 4], [0, 1.2, -3], [0, 0, 1]]},
]


def mask_of(layer: Labels | Shapes, image: Image, *, selected_only: bool = False) -> np.ndarray:
    """Make the mask on the whole image, and see that the part around it, made alone, is the same."""
    plane = read_plane(image, World((0, 0)))
    region = read_region(layer, plane, World((0, 0)), selected_only=selected_only)
    whole = region.on((0, 0, *plane.shape))
    top, left, bottom, right = box = marked_box(region, plane.shape)
    np.testing.assert_array_equal(region.on(box), whole[top:bottom, left:right])
    assert whole.sum() == whole[top:bottom, left:right].sum()
    assert whole[[top, bottom - 1]].any(1).all() and whole[:, [left, right - 1]].any(0).all()
    return whole


@pytest.mark.parametrize("place", PLACES)
def test_labels_on_the_same_grid(place: dict, photo: np.ndarray, mask: np.ndarray) -> None:
    image, labels = Image(photo, rgb=True, **place), Labels(mask.astype(np.uint8) * 3, **place)
    np.testing.assert_array_equal(mask_of(labels, image), mask)


def test_labels_on_a_coarser_grid(photo: np.ndarray, mask: np.ndarray) -> None:
    half = Labels(mask[::2, ::2].astype(np.uint8), affine=grid_shift((2, 2)))
    np.testing.assert_array_equal(mask_of(half, Image(photo, rgb=True)), mask)


def test_selected_label_only(photo: np.ndarray) -> None:
    data = np.zeros((72, 96), np.uint8)
    data[:10], data[20:30] = 1, 2
    labels = Labels(data)
    labels.selected_label = 2
    np.testing.assert_array_equal(mask_of(labels, Image(photo, rgb=True), selected_only=True), data == 2)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["rectangle", "ellipse", "polygon"])
def test_shapes_agree_with_napari_on_the_image_grid(place: dict, kind: str, photo: np.ndarray) -> None:
    vertices = np.array([[20, 30], [20, 60], [44, 60], [44, 30]], float)
    image = Image(photo, rgb=True, **place)
    matrix = World().matrix(image)
    in_world = vertices @ matrix[:2, :2].T + matrix[:2, 2]
    shapes = Shapes([in_world], shape_type=kind)
    made = mask_of(shapes, image)
    expected = Shapes([vertices], shape_type=kind).to_masks((72, 96))[0]
    assert (made != expected).sum() <= 0.1 * expected.sum()
    assert made.any()


def test_lines_mark_nothing(photo: np.ndarray) -> None:
    shapes = Shapes([[[1, 1], [40, 40]]], shape_type="line")
    with pytest.raises(ValueError, match="mask is empty"):
        mask_of(shapes, Image(photo, rgb=True))


@pytest.mark.parametrize("metadata", [{}, {RECIPE: {"task": "paint"}}, {OBJECTS: {"objects": []}}], ids=str)
def test_recipes_are_told_from_other_metadata(metadata: dict) -> None:
    assert recipes_part({**metadata, "other": 1}) == edit_part({**metadata, SERIES: {}}) == metadata
