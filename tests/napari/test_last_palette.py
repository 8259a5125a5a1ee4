"""Features, the rows of a palette and dialogs are as they were left, with the classifier they were for."""

import shutil
from pathlib import Path

from napari import Viewer
from qtpy.QtCore import QCoreApplication, QEvent

from napari_robust_synth._napari.distances.dialog import DistanceDialog
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.series.dialog import SeriesDialog
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.tasks.targets import Target

from .hands import Reopen


def test_features_palette_and_what_runs_leave(reopen: Reopen, viewer: Viewer, tiny_model_folder: Path) -> None:
    shutil.copytree(tiny_model_folder, models_folder() / "mine")
    dock = reopen()
    dock.history.new_layer.setChecked(True)
    dock.history.keep_frames.setChecked(True)
    dock.inputs.features.setText("7, 9")
    dock.inputs.palette.set_row(1, "church", 1.5)
    dock.inputs.palette.all_rows.give(2, (7, 12), "grass")

    keeper_of(viewer).new_layer = keeper_of(viewer).keep_frames = False
    again = reopen(dock)
    keeper, rows = keeper_of(viewer), again.inputs.palette.all_rows
    assert again.history.new_layer.isChecked() and again.history.keep_frames.isChecked()
    assert keeper.new_layer and keeper.keep_frames, "and it counts"
    assert again.inputs.features.text() == "7, 9"
    assert rows.of(1).target() == Target(label="church", strength=1.5)
    assert rows.of(2).target() == Target(features=(7, 12)) and rows.of(2).name.currentText() == "grass"
    assert rows.free(set()) == 1, "what was remembered stands in no brush's way"

    again.model.value = "mine"
    last = reopen(again)
    rows = last.inputs.palette.all_rows
    assert last.inputs.features.text() == "", "the features were another classifier's"
    assert rows.of(2).target().features == () and rows.of(1).target().label == "tench"


def test_dialogs_open_as_they_were_left(reopen: Reopen) -> None:
    dock = reopen()
    series, table = SeriesDialog(dock), DistanceDialog(dock)
    series.form.count.value, series.form.shown_as.value = 7, "Grid"
    table.each.setChecked(True)
    table.most.setValue(7)
    for dialog in (series, table):
        dialog.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    again = SeriesDialog(dock)
    assert (again.form.count.value, again.form.shown_as.value) == (7, "Grid")
    measuring = DistanceDialog(dock)
    assert measuring.each.isChecked() and measuring.most.value() == 7
