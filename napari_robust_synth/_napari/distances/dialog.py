"""How far the picture, or each object in it, is from every class: a table that fills as it is measured."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari.layers import Labels
from napari.utils.notifications import show_error
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QHeaderView,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
)

from napari_robust_synth._napari.distances.runner import distances
from napari_robust_synth._napari.inputs.last_values import remember_measuring
from napari_robust_synth._napari.inputs.work_dialog import Work, WorkDialog
from napari_robust_synth._napari.running.landing import Landing, add_unselected
from napari_robust_synth._napari.running.runner import Outcome
from napari_robust_synth.models.store import write_whole
from napari_robust_synth.tasks.counterfactual import Counterfactual

if TYPE_CHECKING:
    from napari_robust_synth._napari.view import DockView
    from napari_robust_synth.tasks.distances import Distance

MOST = 20
HEAD = ("Object", "Class", "Distance", "Before", "After", "Reached")
ABOUT = (
    "The smallest change that makes the classifier say each class, the likeliest first, as L2 distance at 224 px. "
    "The dock's image, class, mask and settings are used; its class comes first."
)


class DistanceDialog(WorkDialog):
    """The table, Measure and Cancel, and Save."""

    def __init__(self, view: DockView) -> None:
        super().__init__(view, "Distance to every class", ABOUT, "Measure", "Look for each class in turn")
        self.found: list[Distance] = []
        self.landing: Landing
        self.resize(560, 520)
        self.each = QCheckBox("Each object of the mask's Labels layer by itself")
        self.each.setToolTip("Only an object's own pixels change; the picture with all objects changed becomes a layer")
        self.most = QSpinBox()
        self.most.setPrefix("At most ")
        self.most.setSuffix(" classes")
        self.most.setToolTip("The likeliest; each is a search of its own")
        self.most.setAccessibleName("At most so many classes")
        self.most.setRange(1, 1000)
        self.most.setValue(MOST)
        remember_measuring(self)
        self.table = QTableWidget(0, len(HEAD))
        self.table.setHorizontalHeaderLabels(HEAD)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setToolTip("Before and after: how probable the class is in the picture, and in the changed one")
        head = self.table.horizontalHeader()
        assert head is not None
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        rows = self.table.verticalHeader()
        assert rows is not None
        rows.hide()
        self.save_button = QPushButton("Save as CSV…")
        self.save_button.setToolTip("Save what was measured, with more digits, as a table for other programs")
        self.save_button.clicked.connect(self.ask_where)
        self._lay_out(self.most, self.each, self.table, button=self.save_button)
        self._rest("Press Measure.")

    def _prepare(self) -> Work:
        if (task := self.view.task.value) != Counterfactual.name:
            raise ValueError(f"the dock's task is {task}, expected counterfactual: choose that, then measure")
        each = self.each.isChecked()
        if each and not isinstance(self.view.inputs.mask_layer.value, Labels):
            raise ValueError("choose a Labels layer as the mask: each of its labels is an object")
        request = self._read(all_labels=each)
        add = partial(add_unselected, self.viewer)
        self.landing = Landing(self.viewer, request, add, frames=False, alone=True)  # it may be measured again
        self.found = []
        self.table.setRowCount(0)
        self.table.setColumnHidden(0, not each)
        return partial(distances, request, each, self.stop, self.most.value())

    def _take(self, told: Distance | Outcome) -> None:
        if isinstance(told, Outcome):
            self.landing.show(told)
        else:
            self._add_row(told)

    def _add_row(self, distance: Distance) -> None:
        from napari_robust_synth.tasks.distances import words

        self.found.append(distance)
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate(words(distance)):
            self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.scrollToBottom()

    def _count(self) -> str:
        return f"{len(self.found)} measured"

    def _refresh(self) -> None:
        self.save_button.setEnabled(bool(self.found) and self.worker is None)

    def ask_where(self) -> None:
        """Ask for a file, and save the table there."""
        path, _ = QFileDialog.getSaveFileName(self, "Save the table", "distances.csv", "Tables (*.csv)")
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Save the table; a file that is there is replaced when the new one is whole."""
        from napari_robust_synth.tasks.distances import as_csv

        try:
            write_whole(path, lambda file: file.write_text(as_csv(self.found), encoding="utf-8"))
        except OSError as error:
            show_error(f"{path} can't be written ({error.strerror}): choose another place")
