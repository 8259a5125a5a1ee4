"""A walk through the dock, undone to the bit; and frames of runs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.frames import STEPS

from .conftest import errors
from .hands import click

Press = Callable[..., None]


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


def test_frames_of_new_pictures(painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    viewer.show()
    viewer.layers.clear()
    painting.task.value = "generate"
    painting.parameters.widgets["steps"].value = 2
    click(qtbot, painting.history.keep_frames)
    press(painting)
    qtbot.waitUntil(lambda: len(viewer.layers) == 2, timeout=30_000)
    assert viewer.layers[-1].ndim == 3 and viewer.dims.axis_labels[0] == "step" and errors() == []
