"""Any image: stacks, pyramids, large ones; only the part worked on is read, and its result lies in its place."""

from collections.abc import Callable
from typing import Any

import dask.array as da
import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image, Labels, Shapes

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.masks import add_mask, marked_box, read_region
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.layers.world import World

from .conftest import PLACE, errors
from .lazy import KINDS, noting

Press = Callable[..., None]
HERE = World((0, 0))
SPACE = {"scale": (4, 2, 3), "translate": (1, 5, 7), "rotate": 30}


class Counting:
    """An array that notes which of its pixels are read."""

    ndim, dtype = 2, np.dtype(np.uint8)

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape, self.read = shape, []

    def __getitem__(self, key: tuple[slice, slice]) -> np.ndarray:
        spans = [part.indices(length) for part, length in zip(key, self.shape, strict=True)]
        self.read.append(tuple((start, stop) for start, stop, _ in spans))
        rows, columns = (np.arange(*span) for span in spans)
        return ((rows[:, None] * 7 + columns * 3) % 251).astype(np.uint8)


def ready(dock: SynthesisDock, image: Image, mask: Labels | Shapes) -> None:
    dock.inputs.image_layer.value, dock.inputs.mask_layer.value = image, mask
    dock.parameters.widgets["steps"].value = 2


def test_the_slice_that_is_shown(painting: SynthesisDock, viewer: Viewer, press: Press, photo: np.ndarray) -> None:
    stack = np.stack([photo[..., 0], photo[..., 1], photo[..., 2]])
    image = viewer.add_image(stack.copy(), name="stack", contrast_limits=(0, 255), **SPACE)
    marks = np.zeros(stack.shape, np.uint8)
    marks[1, 20:40, 30:60] = 1
    labels = viewer.add_labels(marks, name="marks", **SPACE)
    ready(painting, image, labels)
    viewer.dims.set_current_step(0, 1)
    press(painting)
    assert errors() == []
    layer = viewer.layers[-1]
    part = layer.metadata[RECIPE]["image"]["part"]
    assert layer.metadata[RECIPE]["image"]["index"] == [1]
    top, left, bottom, right = part
    assert layer.data.shape == (1, bottom - top, right - left)
    np.testing.assert_allclose(layer.data_to_world((0, 0, 0)), image.data_to_world((1, top, left)))
    np.testing.assert_allclose(layer.data_to_world((0, 5, 9)), image.data_to_world((1, top + 5, left + 9)))
    changed = layer.data[0] != stack[1, top:bottom, left:right]
    assert changed.any() and not changed[marks[1, top:bottom, left:right] == 0].any()
    np.testing.assert_array_equal(image.data, stack)


def test_a_slice_without_marks(painting: SynthesisDock, viewer: Viewer, press: Press, photo: np.ndarray) -> None:
    image = viewer.add_image(np.stack([photo[..., 0]] * 2), name="stack")
    marks = np.zeros(image.data.shape, np.uint8)
    marks[1, 20:40] = 1
    ready(painting, image, viewer.add_labels(marks))
    viewer.dims.set_current_step(0, 0)
    press(painting)
    assert len(errors()) == 1 and "the mask is empty" in errors()[0]


def large(kind: str, counting: Counting) -> tuple[Any, Callable[[], list]]:
    """Return a counting array as dask, or as much of it as is needed as zarr; and what tells which parts were read."""
    if kind == "dask":
        return da.from_array(counting, chunks=(500, 500), asarray=False), lambda: counting.read
    array, seen = noting(counting.shape, counting.dtype, (500, 500))
    array[8_500:9_500, 11_500:12_500] = counting[8_500:9_500, 11_500:12_500]
    return array, lambda: [tuple((500 * i, 500 * i + 500) for i in chunk) for chunk in seen]


@pytest.mark.parametrize("array", KINDS)
@pytest.mark.parametrize("kind", ["labels", "shapes"])
def test_of_a_large_pyramid_only_the_part_worked_on_is_read(
    painting: SynthesisDock, viewer: Viewer, press: Press, kind: str, array: str
) -> None:
    counting, corner = Counting((20_000, 20_000)), (9_000, 12_000)
    lazy, reads = large(array, counting)
    coarse = np.zeros((200, 200), np.uint8)
    image = viewer.add_image([lazy, coarse], multiscale=True, name="large", contrast_limits=(0, 255), **PLACE)
    if kind == "labels":
        place = read_plane(image, HERE).placed(corner)
        mask = viewer.add_labels(np.ones((64, 64), np.uint8), **place)
    else:
        outline = corner + np.array([(0, 0), (0, 63), (63, 63), (63, 0)])
        mask = viewer.add_shapes([outline], shape_type="polygon", **PLACE)
    ready(painting, image, mask)
    before = len(reads())
    press(painting)
    assert errors() == []
    layer = viewer.layers[-1]
    top, left, bottom, right = part = layer.metadata[RECIPE]["image"]["part"]
    assert layer.data.shape == (bottom - top, right - left) == (192, 192)
    place = HERE.matrix(image) @ (top, left, 1)
    np.testing.assert_allclose(HERE.matrix(layer) @ (0, 0, 1), place)
    spans = np.array(reads()[before:])
    assert len(spans) and (spans[:, 0, 0] >= top - 500).all() and (spans[:, 0, 1] <= bottom + 500).all()
    assert (spans[:, 1, 0] >= left - 500).all() and (spans[:, 1, 1] <= right + 500).all()
    changed = layer.data != Counting(counting.shape)[top:bottom, left:right]
    region = read_region(mask, read_plane(image, HERE), HERE, selected_only=False)
    assert changed.any() and not changed[~region.on(part)].any()


def test_a_part_gives_the_pixels_of_the_whole(
    painting: SynthesisDock, viewer: Viewer, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 400), np.uint8)
    marks = np.zeros(noise.shape, np.uint8)
    marks[150:180, 220:260] = 1
    image = viewer.add_image(noise.copy(), contrast_limits=(0, 255))
    ready(painting, image, viewer.add_labels(marks))
    press(painting)
    whole = viewer.layers[-1]
    assert whole.data.shape == noise.shape
    monkeypatch.setattr("napari_robust_synth._napari.layers.planes.LARGEST", 100)
    painting.inputs.image_layer.value = image
    press(painting)
    layer = viewer.layers[-1]
    top, left, bottom, right = layer.metadata[RECIPE]["image"]["part"]
    assert layer.data.shape == (bottom - top, right - left) < noise.shape
    np.testing.assert_array_equal(image.data, noise)
    place = {"image": None, "mask": None, "crop": None}
    assert layer.metadata[RECIPE] | place == whole.metadata[RECIPE] | place
    np.testing.assert_array_equal(layer.data, whole.data[top:bottom, left:right])
    np.testing.assert_array_equal(layer.translate, (top, left))
    assert errors() == []


def test_a_mask_for_what_is_in_view(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    image = viewer.add_image(np.zeros((3, 600, 800), np.uint8), **SPACE)
    viewer.dims.set_current_step(0, 2)
    mask = add_mask(viewer, read_plane(image, World.of(viewer.dims)))
    assert mask.data.shape == (1, 600, 800) and mask.mode == "paint"
    np.testing.assert_allclose(mask.data_to_world((0, 30, 40)), image.data_to_world((2, 30, 40)))
    monkeypatch.setattr("napari_robust_synth._napari.layers.masks.LARGEST", 500)
    image.corner_pixels = np.array([(2, 100, 150), (2, 250, 320)])
    mask = add_mask(viewer, read_plane(image, World.of(viewer.dims)))
    assert mask.data.shape == (1, 151, 171)
    np.testing.assert_allclose(mask.data_to_world((0, 0, 0)), image.data_to_world((2, 100, 150)))


def test_marks_on_another_grid_of_a_stack(photo: np.ndarray) -> None:
    image = Image(np.zeros((4, 72, 96)), **SPACE)
    labels = Labels(np.zeros((4, 36, 48), np.uint8), scale=(4, 4, 6), rotate=30)
    labels.translate = image.data_to_world((0, 0.5, 0.5))
    labels.data[2, 10:20, 12:30] = 1
    world = World().at(image, (2, 0, 0))
    plane = read_plane(image, world)
    region = read_region(labels, plane, world, selected_only=False)
    assert plane.index == (2,) and marked_box(region, plane.shape) == (20, 24, 40, 60)
