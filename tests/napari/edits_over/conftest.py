"""A stack to edit, and what is seen of it."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image, Labels

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth._napari.history.timeline import Timeline
from tests.napari.lazy import Chunk, lazy
from tests.napari.scopes import SHAPE, noise

Press = Callable[..., None]
Settle = Callable[[], None]
Edit = Callable[[tuple], Timeline]
FIRST, SECOND, THIRD = np.s_[10:30, 10:30], np.s_[32:50, 32:50], np.s_[10:30, 60:80]


@pytest.fixture
def marks(painting: SynthesisDock, viewer: Viewer) -> Labels:
    """The dock, on the second slice of four, with nothing marked."""
    viewer.layers.clear()
    painting.inputs.image_layer.value = viewer.add_image(noise(), name="stack", contrast_limits=(0, 255))
    painting.inputs.mask_layer.value = layer = viewer.add_labels(np.zeros(SHAPE, np.uint8), name="marks")
    viewer.dims.set_current_step(0, 1)
    return layer


@pytest.fixture
def edit(painting: SynthesisDock, keeper: Keeper, press: Press, settle: Settle) -> Edit:
    """Paint into a part of what is marked, which alone is then."""

    def run(part: tuple) -> Timeline:
        mark(painting.inputs.mask_layer.value, part)
        press(painting)
        settle()
        return keeper.active

    return run


@pytest.fixture
def wide(painting: SynthesisDock, viewer: Viewer) -> tuple[np.ndarray, list[Chunk]]:
    """The dock, on an image that is read as it is needed, with nothing marked."""
    viewer.layers.clear()
    source = noise("u1", (256, 384))
    array, read = lazy("dask", source, (32, 32))
    painting.inputs.image_layer.value = viewer.add_image(array, name="wide", contrast_limits=(0, 255))
    painting.inputs.mask_layer.value = viewer.add_labels(np.zeros(source.shape, np.uint8), name="marks")
    return source, read


def mark(layer: Labels, part: tuple[slice, ...]) -> None:
    data = np.zeros_like(layer.data)
    data[part] = 1
    layer.data = data


def seen(viewer: Viewer, source: np.ndarray, number: int = 1) -> np.ndarray:
    """What the window shows of a slice, or of the picture: its visible results, one over the other."""
    out = (source[number] if source.ndim == 3 else source).copy()
    for layer in viewer.layers:
        if isinstance(layer, Image) and layer.visible and "·" in layer.name:
            *first, top, left = np.round(layer.translate).astype(int)
            if first in ([], [number]):
                picture = layer.data.reshape(layer.data.shape[-2:])
                out[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return out
