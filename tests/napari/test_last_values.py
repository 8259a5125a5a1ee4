"""Docks open as they were left, whatever became of the file meanwhile."""

import json
import shutil
from pathlib import Path
from typing import Any

from napari import Viewer, settings
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QCoreApplication, QEvent, Qt

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.series.button import SeriesButton
from napari_robust_synth._napari.series.form import GRID
from napari_robust_synth._napari.series.series import CLASSIFIER
from napari_robust_synth._napari.training.dock import TrainDock
from napari_robust_synth._napari.window.memory import memory_path, read_values
from napari_robust_synth.models.store import models_folder

from .conftest import errors
from .hands import Reopen


def test_the_dock_opens_as_it_was_left(reopen: Reopen, tiny_model_folder: Path, qtbot: QtBot) -> None:
    shutil.copytree(tiny_model_folder, models_folder() / "mine")
    dock = reopen()
    dock.parameters.widgets["steps"].value = 7
    dock.task.value = "inpaint"
    dock.parameters.preset.value = "paper"
    dock.parameters.widgets["eps"].value = 12.5
    dock.parameters.seed.value = 3
    dock.parameters.working_size.value = 96
    dock.device.value, dock.model.value = "cpu", "mine"
    dock.inputs.region.value = "selected label"
    qtbot.keyClick(dock.inputs.label, Qt.Key.Key_Down)
    name = dock.inputs.label.currentText()

    again = reopen(dock)
    parameters = again.parameters
    assert (again.task.value, again.device.value, again.model.value) == ("inpaint", "cpu", "mine")
    assert (parameters.preset.value, parameters.seed.value, parameters.working_size.value) == ("paper", 3, 96)
    assert parameters.widgets["eps"].value == 12.5
    assert again.inputs.region.value == "selected label" and again.inputs.label.currentText() == name
    again.task.value = "paint"
    assert parameters.widgets["steps"].value != 7, "that was with the preset default"
    with parameters.preset.changed.blocked():
        parameters.preset.value = "default"
    again._show_task()
    assert parameters.widgets["steps"].value == 7 and parameters.working_size.value == 64


def test_the_preset_chosen_again_is_the_way_back(reopen: Reopen) -> None:
    dock = reopen()
    steps = dock.parameters.widgets["steps"].value
    dock.parameters.widgets["steps"].value = 7
    dock.parameters.working_size.value = 96
    dock.model.changed.emit(dock.model.value)
    assert dock.parameters.widgets["steps"].value == 7, "another classifier changes no settings"
    dock.parameters.preset.native.activated.emit(0)
    assert (dock.parameters.widgets["steps"].value, dock.parameters.working_size.value) == (steps, 64)
    assert reopen(dock).parameters.widgets["steps"].value == steps


def test_side_by_side_opens_as_it_was_left(reopen: Reopen, tiny_model_folder: Path, qtbot: QtBot) -> None:
    for name in ("mine", "yours"):
        shutil.copytree(tiny_model_folder, models_folder() / name)
    dock = reopen()
    form = dock.findChild(SeriesButton).open(CLASSIFIER).form
    last = next(name for name in ("mine", "yours") if name != form.other.value)
    form.count.value, form.shown_as.value, form.other.value = 7, GRID, last
    around, names = form.strengths.text(), form.classes.names
    form.strengths.selectAll()
    qtbot.keyClicks(form.strengths, "3, 9")
    qtbot.mouseClick(form.classes.none_button, Qt.MouseButton.LeftButton)
    for row in (0, 2):
        form.classes.list.item(row).setCheckState(Qt.CheckState.Checked)

    again = reopen(dock)
    form = again.findChild(SeriesButton).open(CLASSIFIER).form
    assert (form.count.value, form.shown_as.value, form.other.value) == (7, GRID, last)
    assert form.strengths.text() == "3, 9" and form.classes.ticked == [names[0], names[2]]
    again.task.value = "inpaint"
    assert form.strengths.text() not in ("3, 9", around), "these are of paint"
    again.task.value = "paint"
    assert form.strengths.text() == "3, 9"
    form.classes.offer(["cat", "dog"])
    assert form.classes.ticked == ["cat", "dog"], "of another classifier"
    again.model.value = "mine"
    assert form.classes.ticked == names, "that was with the other one"


def test_a_preference_changed_since_goes_first(reopen: Reopen) -> None:
    dock = reopen()
    dock.device.value = "cpu"
    again = reopen(dock)
    assert again.device.value == "cpu"
    drawing: Any = settings.get_plugin_settings(PLUGIN)
    drawing.drawing.frame_rate = 5
    again = reopen(again)
    assert again.device.value == "cpu"
    drawing.drawing.device = "cuda"
    assert SynthesisDock(again.viewer).device.value == "cuda"


DAMAGED = {
    "not JSON": "{",
    "no docks": "[1, 2]",
    "no values": '{"Robust Synthesis": [1]}',
    "values of other kinds": json.dumps(
        {
            "Robust Synthesis": {
                "task": "knit",
                "device": ["abacus", "auto"],
                "classifier": ["gone", "bundled"],
                "preset": None,
                "seed": -1,
                "region": "everywhere",
                "class": "no such class",
                "features": ["7", "gone"],
                "palette": [{"1": ["church", "x", 1]}, "bundled"],
                "new layer": "yes",
                "parameters": {"paint, default": {"steps": "many", "eps": -1, "knots": 2, "working_size": 3}},
            }
        }
    ),
    "parameters of other kinds": '{"Robust Synthesis": {"class": 5, "parameters": {"paint, default": 3}}}',
    "rows of other kinds": '{"Robust Synthesis": {"features": 7, "palette": [{"1": 3, "2": [1, [2]]}, "bundled"]}}',
    "no parameters": '{"Robust Synthesis": {"parameters": []}}',
}


def test_a_damaged_file_is_ignored(reopen: Reopen) -> None:
    memory_path().parent.mkdir(parents=True)
    dock = None
    for text in DAMAGED.values():
        memory_path().write_text(text)
        dock = reopen(dock)
        fresh = {name: widget.value for name, widget in dock.parameters.widgets.items()}
        assert fresh == vars(dock.parameters._task())
        assert (dock.task.value, dock.device.value, dock.model.value) == ("paint", "auto", "bundled")
        assert dock.parameters.seed.value == 0 and dock.parameters.working_size.value == 64
        assert dock.inputs.label.currentText() == "tench" and dock.inputs.features.text() == ""
        assert [dock.inputs.palette.all_rows.of(label).target().label for label in (1, 2)] == ["tench", "church"]
        assert not dock.history.new_layer.isChecked() and errors() == []


def test_written_whole_and_beside_what_others_wrote(reopen: Reopen, qtbot: QtBot) -> None:
    dock = reopen()
    dock.parameters.seed.value = 5
    qtbot.waitUntil(lambda: "seed" in read_values(memory_path()).get("Robust Synthesis", {}), timeout=5_000)
    docks = read_values(memory_path())
    docks["Train classifier"] = {"validation": 20}
    docks["Robust Synthesis"]["device"] = ["cpu", "auto"]
    memory_path().write_text(json.dumps(docks))
    dock.parameters.seed.value = 6
    qtbot.waitUntil(lambda: read_values(memory_path())["Robust Synthesis"]["seed"] == 6, timeout=5_000)
    assert read_values(memory_path())["Robust Synthesis"]["device"] == ["cpu", "auto"]
    assert read_values(memory_path())["Train classifier"] == {"validation": 20}
    assert [p.name for p in memory_path().parent.iterdir()] == [memory_path().name]


def test_a_folder_that_cannot_be_written_disturbs_nobody(reopen: Reopen, home: Path, qtbot: QtBot) -> None:
    dock = reopen()
    home.write_text("in the way")
    dock.parameters.seed.value = 5
    qtbot.wait(700)
    assert errors() == [] and dock.parameters.seed.value == 5


def test_the_dock_that_trains_opens_as_it_was_left(viewer: Viewer, tmp_path: Path) -> None:
    def make() -> TrainDock:
        return viewer.window.add_plugin_dock_widget(PLUGIN, "Train classifier")[1]

    dock = make()
    dock.source.kind.value, dock.source.folder.value = "a folder", tmp_path
    dock.config.value, dock.share.value = "domain-pair", 25
    viewer.window.remove_dock_widget(dock)
    dock.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    again = make()
    assert (again.source.kind.value, again.source.chosen_folder) == ("a folder", tmp_path)
    assert (again.config.value, again.share.value) == ("domain-pair", 25)
