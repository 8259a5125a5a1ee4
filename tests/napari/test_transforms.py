"""What changes is what lies under the mask in the world, whatever the transforms of image and mask."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image, Labels, Shapes
from scipy.ndimage import binary_dilation, binary_erosion
from skimage.measure import points_in_poly

from napari_robust_synth._napari.dock import SynthesisDock

from .conftest import errors

Press = Callable[..., None]

PLACES = {
    "scaled": {"scale": (2, 3), "translate": (50, -70)},
    "sheared": {"scale": (0.5, 0.4), "shear": [0.3], "rotate": -25, "translate": (9, 4)},
    "affine": {"scale": (0.7, 1.1), "affine": [[1, 0.2, 5], [-0.1, 1.2, -8], [0, 0, 1]]},
    "in um": {"scale": (2, 3), "translate": (50, -70), "rotate": 10, "units": "um"},
    "in nm": {"scale": (1500, 1100), "translate": (9, 4), "affine": [[1, 0.2, 5], [0, 1, 0], [0, 0, 1]], "units": "nm"},
}
PAIRS = [(one, other) for one in list(PLACES)[:3] for other in list(PLACES)[:3]]
PAIRS += [("in um", "in nm"), ("in nm", "in um"), ("in um", "in um"), ("in um", "scaled")]
"""The units of the last do not go together: napari takes the numbers as they are."""
HEIGHT, WIDTH = 90, 120
OUTLINE = np.array([(20, 30), (25, 95), (70, 85), (60, 25)])
"""In pixels of the image."""


def on(mask: Labels | Shapes, image: Image, point: Sequence[float]) -> np.ndarray:
    """Return where in a mask's data a point of an image is."""
    own, other = str(image.units[0]), str(mask.units[0])
    times = {("micrometer", "nanometer"): 1000, ("nanometer", "micrometer"): 1 / 1000}.get((own, other), 1)
    return np.asarray(mask.world_to_data(np.array(image.data_to_world(point)) * times))


def under(image: Image, mask: Labels | Shapes) -> np.ndarray:
    """Ask, of each pixel's middle in the world, whether the mask marks it there."""
    corners = [on(mask, image, corner) for corner in [(0, 0), (1, 0), (0, 1)]]
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    middles = corners[0] + np.stack([rows, columns], -1) @ (np.array(corners[1:]) - corners[0])
    if isinstance(mask, Shapes):
        return points_in_poly(middles.reshape(-1, 2), mask.data[0]).reshape(HEIGHT, WIDTH)
    at = np.round(middles).astype(int)
    there = ((at >= 0) & (at < mask.data.shape)).all(-1)
    return there & (mask.data[tuple(np.moveaxis(np.where(there[..., None], at, 0), -1, 0))] > 0)


@pytest.mark.parametrize("kind", [Labels, Shapes])
@pytest.mark.parametrize(("of_image", "of_mask"), PAIRS)
def test_the_pixels_under_the_mask_change_and_no_others(
    painting: SynthesisDock, viewer: Viewer, press: Press, of_image: str, of_mask: str, kind: type[Labels | Shapes]
) -> None:
    viewer.layers.clear()
    pixels = np.random.default_rng(0).uniform(0.2, 0.8, (HEIGHT, WIDTH)).astype(np.float32)
    image = viewer.add_image(pixels, contrast_limits=(0, 1), **PLACES[of_image])
    shapes = Shapes(**PLACES[of_mask])
    corners = [on(shapes, image, corner) for corner in OUTLINE]
    if kind is Shapes:
        shapes.add_polygons(corners)
        mask = viewer.add_layer(shapes)
    else:
        low = np.min(corners, axis=0) - 2
        grid = np.ceil(np.ptp(corners, axis=0)).astype(int) + 4
        labels = Shapes([corners - low], shape_type="polygon").to_labels(grid)
        mask = viewer.add_layer(Labels(labels, **PLACES[of_mask]))
        inner = np.asarray(mask.data_to_world(low)) - np.asarray(mask.data_to_world((0, 0)))
        mask.affine = np.block([[np.eye(2), inner[:, None]], [np.zeros((1, 2)), np.eye(1)]]) @ mask.affine.affine_matrix
    painting.inputs.image_layer.value, painting.inputs.mask_layer.value = image, mask
    press(painting)
    assert [line for line in errors() if not line.startswith("Inconsistent units")] == []
    changed, expected = viewer.layers[-1].data != pixels, under(image, mask)
    assert expected.sum() > 1000
    assert not (changed & ~binary_dilation(expected, np.ones((3, 3)))).any()
    assert not (binary_erosion(expected, np.ones((3, 3))) & ~changed).any()
