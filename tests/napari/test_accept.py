"""Results accepted into the slice, channel or part of the source that they belong in, and taken back to the bit."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.layers.recipes import RECIPE

from .conftest import errors
from .hands import click
from .lazy import KINDS, lazy
from .scopes import work_on

Press = Callable[..., None]
Settle = Callable[[], None]


@pytest.mark.parametrize("dtype", ["u1", ">u2", "<i2", "<f4", "<f8"])
def test_a_slice_goes_into_its_stack_and_back(
    painting: SynthesisDock,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
    dtype: str,
) -> None:
    top = 1 if "f" in dtype else np.iinfo(dtype).max
    data = (np.random.default_rng(0).random((2, 3, 72, 96)) * top).astype(dtype)
    kept = data.copy()
    layer = work_on(painting, data, (1, 2), contrast_limits=(0, top))
    press(painting)
    settle()
    result = history.keeper.active.layer
    assert result is not layer and history.accept_button.toolTip() == "Put what is shown into stack; can be undone"
    click(qtbot, history.accept_button)
    settle()
    inside = np.zeros(data.shape, bool)
    inside[1, 2, 20:44, 30:62] = True
    changed = layer.data != kept
    assert changed.any() and not changed[~inside].any()
    _, _, top_, left = (np.round(layer.world_to_data(result.data_to_world((0, 0, 0, 0))))).astype(int)
    height, width = result.data.shape[-2:]
    assert np.array_equal(layer.data[1, 2, top_ : top_ + height, left : left + width], result.data[0, 0])
    assert layer.metadata[RECIPE]["image"]["index"] == [1, 2]
    assert np.array_equal(data, kept), "the array that was given is not written to"
    click(qtbot, history.undo_button)
    settle()
    assert (layer.data.dtype, layer.data.tobytes()) == (kept.dtype, kept.tobytes()) and RECIPE not in layer.metadata
    click(qtbot, history.redo_button)
    settle()
    assert (layer.data != kept).any() and errors() == []


@pytest.mark.parametrize("in_haste", [False, True])
def test_parts_that_overlap_add_up(
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    in_haste: bool,
) -> None:
    for module in ("planes", "parts", "masks"):
        monkeypatch.setattr(f"napari_robust_synth._napari.layers.{module}.LARGEST", 100)
    data = np.random.default_rng(0).integers(0, 255, (300, 400), np.uint8)
    layer = viewer.add_image(data, name="large", contrast_limits=(0, 255))
    painting.inputs.image_layer.value, results = layer, []
    for left in (150, 190):
        marks = np.zeros(data.shape, np.uint8)
        marks[140:160, left : left + 20] = 1
        painting.inputs.mask_layer.value = viewer.add_labels(marks)
        press(painting)
        settle()
        results.append(history.keeper.active.layer)
    for result in results:
        viewer.layers.selection.active = result
        click(qtbot, history.accept_button)
        if not in_haste:
            settle()
    settle()
    changed = layer.data != data
    assert changed[140:160, 150:170].mean() > 0.5 and changed[140:160, 190:210].mean() > 0.5
    changed[140:160, 150:170] = changed[140:160, 190:210] = False
    assert not changed.any()
    for _ in range(2):
        click(qtbot, history.undo_button)
        settle()
    assert np.array_equal(layer.data, data) and errors() == []


def test_what_was_undone_in_the_result_is_taken_back_in_the_source(
    painting: SynthesisDock,
    photo: np.ndarray,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    data = np.stack([photo, photo // 2])
    layer = work_on(painting, data, (1,), rgb=True)
    press(painting)
    settle()
    result = history.keeper.active.layer
    click(qtbot, history.accept_button)
    settle()
    history.viewer.layers.selection.active = result
    click(qtbot, history.undo_button)
    click(qtbot, history.accept_button)
    settle()
    assert history.keeper.active.layer is layer and np.array_equal(layer.data, data)


@pytest.mark.parametrize("kind", ["dask", "zarr", "pyramid", "other size", "large"])
def test_why_not(
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = np.random.default_rng(0).integers(0, 255, (2, 72, 96), np.uint8)
    layer = work_on(painting, data, (1,), contrast_limits=(0, 255))
    if kind in KINDS:
        layer.data, _ = lazy(kind, data, (1, 72, 96))
    elif kind == "pyramid":
        layer = viewer.add_image([data, data[:, ::2, ::2]], multiscale=True, contrast_limits=(0, 255))
        painting.inputs.image_layer.value = layer
    press(painting)
    settle()
    if kind == "other size":
        layer.data = data[:, :50]
    elif kind == "large":
        monkeypatch.setattr("napari_robust_synth._napari.layers.destination.LARGEST_COPY", 5000)
    before = layer.data
    click(qtbot, history.accept_button)
    settle()
    expected = {
        "dask": "'stack' is read as it is needed (dask Array) and can't be written to",
        "zarr": "'stack' is read as it is needed (zarr Array) and can't be written to",
        "pyramid": "has several scales, which would have to be made anew",
        "other size": "the result is 96 x 72 x 1 px, 'stack' is 96 x 50 x 1 px there: undo to that size",
        "large": "'stack' holds 0.0 GB, more than 0",
    }
    (line,) = errors()
    assert expected[kind] in line and "save the result instead" in line
    assert layer.data is before or kind == "pyramid"
    history.refresh()
    assert history.accept_button.toolTip() == line


def test_the_source_goes_away(
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
) -> None:
    data = np.random.default_rng(0).integers(0, 255, (2, 72, 96), np.uint8)
    layer = work_on(painting, data, (1,), contrast_limits=(0, 255))
    press(painting)
    settle()
    history.keeper.accept()
    viewer.layers.remove(layer)
    settle()
    assert history.accept_button.toolTip() == "There is no picture to accept it into"
    assert not history.accept_button.isEnabled() and errors() == []
