"""Random edits by real runs of every task that edits, undone to the bit; and frames of runs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from napari import Viewer
from napari.layers import Image, Labels
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.frames import STEPS
from napari_robust_synth._napari.history_dock import HistoryDock
from napari_robust_synth._napari.keeper import keeper_of
from napari_robust_synth._napari.masks import read_region
from napari_robust_synth._napari.planes import read_plane
from napari_robust_synth._napari.world import World
from napari_robust_synth.history.budget import fit
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import TASKS, Job

from .conftest import errors
from .hands import click

Press = Callable[..., None]
SLICES = 3
DTYPES = ("uint8", "uint16", "int16", "float32", "float64")
EDITS = st.lists(
    st.tuples(st.sampled_from(["paint", "inpaint", "translate", "sketch"]), st.integers(0, 2**32 - 1)),
    min_size=6,
    max_size=6,
)


def masked(seed: int, shape: tuple[int, int]) -> np.ndarray:
    """A box marked in a Labels layer on another grid than the image."""
    random = np.random.default_rng(seed)
    labels = np.zeros((12, 16), np.uint8)
    top, left = random.integers(0, 8, 2)
    labels[top : top + 4, left : left + 6] = 1
    place = {"rotate": float(random.choice([0, 30])), "scale": tuple(shape / np.array(labels.shape))}
    plane = read_plane(Image(np.zeros(shape)), World((0, 0)))
    return read_region(Labels(labels, **place), plane, World((0, 0)), selected_only=False).on((0, 0, *shape))


@settings(max_examples=5, deadline=None, derandomize=True)
@given(
    edits=EDITS,
    dtype=st.sampled_from(DTYPES),
    channels=st.sampled_from([None, 3, 4]),
    budget=st.sampled_from([60_000, 10**8]),
)
def test_real_edits_of_a_stack_come_back(
    tiny: Classifier, edits: list[tuple[str, int]], dtype: str, channels: int | None, budget: int
) -> None:
    shape = (SLICES, 36, 48) if channels is None else (SLICES, 36, 48, channels)
    top = 1 if dtype.startswith("f") else np.iinfo(dtype).max
    start = (np.random.default_rng(0).random(shape) * top).astype(dtype)
    shown, history = start, History.begin(start, Edit("original"))
    copies = {history.current: start.copy()}
    for name, seed in edits:
        after, at, task = shown.copy(), seed % SLICES, TASKS[name](steps=1)
        mask = masked(seed, shape[1:3]) if "mask" in task.needs else None
        job = Job(task, tiny, image=shown[at], mask=mask, label="church", size=32, value_range=(0, top))
        after[at] = job.run()
        history = history.record(shown, shown, after, Edit(name, "church", {"seed": seed}))
        shown = after
        copies[history.current] = after.copy()
        left, _ = fit({0: history}, budget)
        assert sum(one.nbytes for one in left.values()) <= budget
        history = left.get(0) or History.begin(shown, Edit("original"))
    for number in history.entries:
        back = history.picture(shown, number)
        assert (back.dtype, back.tobytes()) == (start.dtype, copies[number].tobytes())


def test_a_walk_through_the_dock(
    painting: SynthesisDock, viewer: Viewer, photo: np.ndarray, press: Press, qtbot: QtBot
) -> None:
    keeper, random, bar = keeper_of(viewer), np.random.default_rng(0), painting.history
    viewer.show()
    copies: dict[int, np.ndarray] = {}
    for i in range(12):
        what = random.choice(["run", "run", "undo", "redo"]) if i > 4 else "run"
        button = {"undo": bar.undo_button, "redo": bar.redo_button}.get(what)
        if button is None:
            painting.task.value = random.choice(["paint", "inpaint", "translate", "sketch"])
            painting.inputs.label.setCurrentText(random.choice(["church", "tench"]))
            painting.parameters.widgets["steps"].value = 1
            press(painting)
        elif button.isEnabled():
            click(qtbot, button)
        qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
        history, layer = keeper.active.history, keeper.active.layer
        assert layer.data.tobytes() == copies.setdefault(history.current, layer.data.copy()).tobytes()
    assert len(copies) >= 5
    while bar.undo_button.isEnabled():
        click(qtbot, bar.undo_button)
        qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
        known = copies.get(keeper.active.history.current, photo)
        assert layer.data.tobytes() == known.tobytes()
    assert np.array_equal(layer.data, photo) and len(viewer.layers) == 3 and errors() == []


def test_the_frames_of_a_run(
    painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer.show()
    click(qtbot, painting.history.keep_frames)
    press(painting)
    qtbot.waitUntil(lambda: len(viewer.layers) == 4, timeout=30_000)
    frames, photo = viewer.layers["photo · paint (frames)"], viewer.layers["photo"]
    assert frames.data.shape == (6, 55, 74, 4) and frames.metadata[STEPS] == [0, 1, 2, 3, 4, 5]
    assert (frames.data[0] != frames.data[-1]).any() and viewer.dims.current_step[0] == 5
    for corner, there in (((-0.5, -0.5), (-0.5, -0.5)), ((54.5, 73.5), (71.5, 95.5))):
        np.testing.assert_allclose(frames.data_to_world((0, *corner))[1:], photo.data_to_world(there), atol=1e-6)
    viewer.window.add_dock_widget(dock := HistoryDock(viewer))
    assert not dock.save_button.isEnabled()
    viewer.layers.selection.active = frames
    path = tmp_path / "run"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "TIFF (*.tif *.tiff)"))
    qtbot.waitUntil(dock.save_button.isVisible, timeout=10_000)
    click(qtbot, dock.save_button)
    qtbot.waitUntil(lambda: path.with_suffix(".tif").exists(), timeout=30_000)
    assert np.array_equal(tifffile.imread(path.with_suffix(".tif")), frames.data[..., :3])
    qtbot.waitUntil(lambda: errors() == [f"Saved {path}.tif"], timeout=30_000)
    click(qtbot, painting.history.keep_frames)
    press(painting)
    qtbot.waitUntil(lambda: not frames.visible, timeout=30_000)  # it would cover the result
    assert errors() == [f"Saved {path}.tif"] and len(viewer.layers) == 4
