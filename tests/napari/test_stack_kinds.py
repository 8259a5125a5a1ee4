"""All slices of stacks of every kind: one mask for all, colour, lazy ones."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.offers import ALL, Choice

from .conftest import errors
from .lazy import KINDS, lazy
from .scopes import choose, noise

Press = Callable[..., None]
Settle = Callable[[], None]


@pytest.mark.parametrize("dtype", ["u1", ">u2", "<i2", "<f4", "<f8"])
@pytest.mark.parametrize("kind", ["labels", "shapes"])
def test_one_mask_for_all_slices(
    painting: SynthesisDock, viewer: Viewer, mask: np.ndarray, press: Press, dtype: str, kind: str
) -> None:
    data = noise(dtype, (2, 3, 72, 96))
    image = viewer.add_image(data, name="film", contrast_limits=(0, data.max()))
    painting.inputs.image_layer.value = image
    if kind == "labels":
        layer = viewer.add_labels(mask.astype(np.uint8))
    else:
        layer = viewer.add_shapes([[(20, 30), (20, 61), (43, 61), (43, 30)]], shape_type="polygon")
    painting.inputs.mask_layer.value = layer
    viewer.dims.set_current_step(0, 1)
    choose(painting, Choice(ALL, 1))
    painting.parameters.widgets["steps"].value = 1
    press(painting)
    assert errors() == []
    result = viewer.layers[-1]
    assert result.data.shape == (1, 3, 72, 96) and result.data.dtype == data.dtype
    np.testing.assert_allclose(result.data_to_world((0, 0, 0, 0)), (1, 0, 0, 0))
    changed = result.data[0] != data[1]
    assert changed.any((1, 2)).all() and not changed[:, ~mask].any()


def test_without_a_mask_and_of_colour(
    painting: SynthesisDock, viewer: Viewer, photo: np.ndarray, press: Press, qtbot: QtBot
) -> None:
    data = np.stack([photo, photo[::-1], photo[:, ::-1]])
    painting.inputs.image_layer.value = viewer.add_image(data, name="film", rgb=True)
    painting.task.value = "super-resolve"
    painting.parameters.widgets["factor"].value = 2
    painting.parameters.widgets["steps"].value = 1
    choose(painting, Choice(ALL, 0))
    press(painting)
    keeper, result = keeper_of(viewer), viewer.layers[-1]
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    assert result.data.shape == (3, 144, 192, 3) and result.scale.tolist() == [1, 0.5, 0.5]
    keeper.undo()
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    assert np.array_equal(result.data, data) and result.scale.tolist() == [1, 1, 1] and errors() == []


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_lazy_stack_only_the_part_is_read(
    painting: SynthesisDock, viewer: Viewer, history: HistoryDock, press: Press, settle: Settle, kind: str
) -> None:
    data = np.random.default_rng(0).integers(0, 255, (3, 900, 1000), np.uint8)
    array, seen = lazy(kind, data, (1, 100, 100))
    marks = np.zeros((900, 1000), np.uint8)
    marks[300:320, 400:420] = 1
    image = viewer.add_image(array, name="lazy", contrast_limits=(0, 255))
    painting.inputs.image_layer.value, painting.inputs.mask_layer.value = image, viewer.add_labels(marks)
    choose(painting, Choice(ALL, 0))
    seen.clear()
    press(painting)
    settle()
    assert errors() == []
    read = np.array([chunk for chunk in seen if chunk[1] > 0])
    assert set(read[:, 0]) == {0, 1, 2}
    result = history.keeper.active.layer
    top, left = np.round(result.translate[1:]).astype(int)
    assert result.data.shape == (3, 128, 128)
    corners = np.array([(top, left), (top + 127, left + 127)]) // 100
    assert (read[:, 1:] >= corners[0]).all() and (read[:, 1:] <= corners[1]).all()
    own = data[:, top : top + 128, left : left + 128]
    inside = marks[top : top + 128, left : left + 128] == 1
    assert (result.data != own)[:, inside].any() and not (result.data != own)[:, ~inside].any()
    assert not history.accept_button.isEnabled() or "can't be written to" in history.accept_button.toolTip()
