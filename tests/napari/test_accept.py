"""Results accepted into the slice, channel or part of the source that they belong in, and taken back to the bit."""

from collections.abc import Callable

import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.destination import refusal, written
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history_dock import HistoryDock
from napari_robust_synth._napari.keeper import Keeper
from napari_robust_synth._napari.layers import RECIPE
from napari_robust_synth._napari.planes import read_plane
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History

from .conftest import PLACE, errors
from .hands import click

Press = Callable[..., None]
Settle = Callable[[], None]
DTYPES = ("?", "u1", "i1", "<u2", ">u2", "<i4", "<i8", "<f2", "<f4", ">f4", "<f8")


def noise(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    """Any bytes at all, NaN among floats."""
    random, kind = np.random.default_rng(seed), np.dtype(dtype)
    if kind.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    return np.frombuffer(random.bytes(int(np.prod(shape)) * kind.itemsize), kind).reshape(shape).copy()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    dtype=st.sampled_from(DTYPES),
    rgb=st.booleans(),
    order=st.sampled_from("CF"),
    acts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**32 - 1)), min_size=1, max_size=12),
)
def test_parts_of_a_stack_come_back(dtype: str, rgb: bool, order: str, acts: list[tuple[int, int]]) -> None:
    shape = (2, 3, 14, 18, 3) if rgb else (2, 3, 14, 18)
    start = np.array(noise(shape, dtype), order=order)
    layer = Image(np.zeros(shape, np.uint8), rgb=rgb)
    shown, history = start, History.begin(start, Edit("original"))
    copies = {history.current: start.copy()}
    for what, seed in acts:
        if what == 0:
            goal = list(history.entries)[seed % len(history.entries)]
            shown, history = history.picture(shown, goal), history.at(goal)
            continue
        random = np.random.default_rng(seed)
        index = tuple(int(random.integers(0, n)) for n in shape[:2])
        top, left = int(random.integers(0, 10)), int(random.integers(0, 12))
        (spot,) = read_plane(layer, (*index, 0, 0)).spots((top, left, top + 4, left + 6))
        result = noise(shown[spot.where].shape, dtype, seed)
        where = random.random(result.shape) < 0.5
        after = written((spot,), layer, shown, result, where)
        outside = np.ones(shape, bool)
        outside[spot.where][where] = False
        assert after[outside].tobytes() == shown[outside].tobytes(), "nothing else changes"
        assert after[spot.where][where].tobytes() == result[where].tobytes()
        history = history.record(shown, shown, after, Edit("accepted"))
        shown, copies[history.current] = after, after.copy()
    for number in history.entries:
        back = history.picture(shown, number)
        assert (back.dtype, back.tobytes()) == (start.dtype, copies[number].tobytes())


@pytest.fixture
def work(painting: SynthesisDock, viewer: Viewer, settle: Settle) -> Callable[..., Image]:
    """Add data as a layer with a mask for one slice of it, and let the dock work on that slice."""

    def make(data: np.ndarray, at: tuple[int, ...], **look: object) -> Image:
        layer = viewer.add_image(data, name="stack", **look)
        marks = np.zeros(data.shape[: layer.ndim], np.uint8)
        marks[(*at, slice(20, 44), slice(30, 62))] = 1
        painting.inputs.image_layer.value = layer
        painting.inputs.mask_layer.value = viewer.add_labels(marks, name="marks", scale=layer.scale)
        for axis, i in enumerate(at):
            viewer.dims.set_current_step(axis, i)
        return layer

    return make


@pytest.mark.parametrize("dtype", ["u1", ">u2", "<i2", "<f4", "<f8"])
def test_a_slice_goes_into_its_stack_and_back(
    work: Callable[..., Image],
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
    layer = work(data, (1, 2), contrast_limits=(0, top))
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


def test_parts_that_overlap_add_up(
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("planes", "parts", "masks"):
        monkeypatch.setattr(f"napari_robust_synth._napari.{module}.LARGEST", 100)
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
    work: Callable[..., Image],
    painting: SynthesisDock,
    photo: np.ndarray,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    data = np.stack([photo, photo // 2])
    layer = work(data, (1,), rgb=True)
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


@pytest.mark.parametrize("kind", ["dask", "pyramid", "other size", "large"])
def test_why_not(
    work: Callable[..., Image],
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
    layer = work(data, (1,), contrast_limits=(0, 255))
    if kind == "dask":
        layer.data = da.from_array(data)
    elif kind == "pyramid":
        layer = viewer.add_image([data, data[:, ::2, ::2]], multiscale=True, contrast_limits=(0, 255))
        painting.inputs.image_layer.value = layer
    press(painting)
    settle()
    if kind == "other size":
        layer.data = data[:, :50]
    elif kind == "large":
        monkeypatch.setattr("napari_robust_synth._napari.destination.LARGEST_COPY", 5000)
    before = layer.data
    click(qtbot, history.accept_button)
    settle()
    expected = {
        "dask": "'stack' is read as it is needed (dask Array) and can't be written to",
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
    work: Callable[..., Image],
    painting: SynthesisDock,
    viewer: Viewer,
    history: HistoryDock,
    press: Press,
    settle: Settle,
) -> None:
    data = np.random.default_rng(0).integers(0, 255, (2, 72, 96), np.uint8)
    layer = work(data, (1,), contrast_limits=(0, 255))
    press(painting)
    settle()
    history.keeper.accept()
    viewer.layers.remove(layer)
    settle()
    assert history.accept_button.toolTip() == "There is no picture to accept it into"
    assert not history.accept_button.isEnabled() and errors() == []


def test_super_resolve_is_undone(
    painting: SynthesisDock,
    viewer: Viewer,
    photo: np.ndarray,
    history: HistoryDock,
    run: Callable[[str], np.ndarray],
    settle: Settle,
    qtbot: QtBot,
) -> None:
    small, keeper = run("church"), history.keeper
    layer, source = keeper.active.layer, viewer.layers["photo"]
    painting.task.value = "super-resolve"
    painting.parameters.widgets["factor"].value = 2
    painting.parameters.widgets["steps"].value = 1
    large = run("church")
    assert keeper.active.layer is layer and large.shape == (144, 192, 3), "edits of a result add up"
    assert not history.accept_button.isEnabled() or "undo to that size" in history.accept_button.toolTip()
    for button, picture in (
        (history.undo_button, small),
        (history.undo_button, photo),
        (history.redo_button, small),
        (history.redo_button, large),
    ):
        click(qtbot, button)
        settle()
        assert layer.data.tobytes() == picture.tobytes()
        for corner in ((-0.5, -0.5), (71.5, 95.5)):
            there = (np.array(corner) + 0.5) * (picture.shape[0] / 72) - 0.5
            np.testing.assert_allclose(layer.data_to_world(there), source.data_to_world(corner), atol=1e-6)
    keeper.compare(True)
    settle()
    assert np.array_equal(layer.data, photo)
    keeper.compare(False)
    assert np.array_equal(layer.data, large)
    np.testing.assert_allclose(layer.scale, np.array(PLACE["scale"]) / 2)


def test_super_resolve_of_a_slice_is_undone(
    work: Callable[..., Image],
    painting: SynthesisDock,
    history: HistoryDock,
    press: Press,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    data = np.random.default_rng(0).integers(0, 255, (2, 72, 96), np.uint8)
    work(data, (1,), contrast_limits=(0, 255), scale=(5, 2, 3))
    painting.task.value = "super-resolve"
    painting.parameters.widgets["factor"].value = 4
    painting.parameters.widgets["steps"].value = 1
    for _ in range(2):
        press(painting)
        settle()
        layer = history.keeper.active.layer
        assert layer.data.shape == (1, 288, 384) and layer.scale.tolist() == [5, 0.5, 0.75]
    click(qtbot, history.undo_button)
    settle()
    assert np.array_equal(layer.data[0], data[1]) and layer.scale.tolist() == [5, 2, 3]
    np.testing.assert_allclose(layer.data_to_world((0, 0, 0)), (5, 0, 0), atol=1e-9)
    click(qtbot, history.accept_button)
    settle()
    assert errors() == []


def test_a_picture_of_another_size_given_meanwhile_keeps_its_pixels_size(
    viewer: Viewer, two_runs: list[np.ndarray], run: Callable[[str], np.ndarray], settle: Settle, keeper: Keeper
) -> None:
    layer = viewer.layers["photo · paint"]
    layer.data = np.zeros((20, 20, 3), np.uint8)
    keeper.undo()
    settle()
    keeper.record(layer, two_runs[0], two_runs[1], Edit("paint"))
    settle()
    assert layer.data.shape == (72, 96, 3)
    np.testing.assert_allclose(layer.scale, PLACE["scale"])
    keeper.undo()
    settle()
    assert np.array_equal(layer.data, two_runs[0])


def test_refusals_are_one_line() -> None:
    layer = Image(np.zeros((20, 20), np.uint8), name="small")
    spots = read_plane(layer, (0, 0)).spots((0, 0, 20, 20))
    assert refusal(spots, np.zeros((20, 20), np.uint8)) == ""
    for other in (np.zeros((40, 40), np.uint8), np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20), np.float32)):
        line = refusal(spots, other)
        assert "the result " in line and "'small'" in line and "\n" not in line
