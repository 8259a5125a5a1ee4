"""How far the picture, or each object in it, is from every class: a table that fills as it is measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from napari.layers import Image, Labels
from napari.utils.notifications import show_error
from qtpy.QtGui import QCloseEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)
from superqt.utils import GeneratorWorker

from napari_robust_synth._napari.distance_runner import Tick, Together, distances
from napari_robust_synth._napari.masks import read_region
from napari_robust_synth._napari.reading import missing, read
from napari_robust_synth._napari.recipe_layer import as_metadata
from napari_robust_synth.models.store import write_whole

if TYPE_CHECKING:
    from napari_robust_synth._napari.request import Request
    from napari_robust_synth._napari.view import DockView
    from napari_robust_synth.tasks.distances import Distance

HEAD = ("Object", "Class", "Distance", "Before", "After", "Reached")
ABOUT = (
    "The smallest change that makes the classifier say each class, as L2 distance at 224 px. The dock's image, class, "
    "mask and settings are used; its class comes first."
)


class DistanceDialog(QDialog):
    """The table, Measure and Cancel, and Save."""

    def __init__(self, view: DockView) -> None:
        super().__init__(view)
        self.view = view
        self.found: list[Distance] = []
        self.stop = stop = Event()
        self.worker: GeneratorWorker[Any, None, None] | None = None
        self.destroyed.connect(lambda: stop.set())
        self.setWindowTitle("Distance to every class")
        self.resize(560, 520)
        about = QLabel(ABOUT)
        about.setWordWrap(True)
        self.each = QCheckBox("Each object of the mask's Labels layer by itself")
        self.each.setToolTip("Only an object's own pixels change; the picture with all objects changed becomes a layer")
        self.table = QTableWidget(0, len(HEAD))
        self.table.setHorizontalHeaderLabels(HEAD)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        head = self.table.horizontalHeader()
        assert head is not None
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        rows = self.table.verticalHeader()
        assert rows is not None
        rows.hide()
        self.bar, self.status = QProgressBar(), QLabel()
        self.bar.setTextVisible(False)
        self.measure_button, self.save_button = QPushButton("Measure"), QPushButton("Save as CSV…")
        self.measure_button.clicked.connect(self.measure_or_cancel)
        self.save_button.clicked.connect(self.ask_where)
        buttons, layout = QHBoxLayout(), QVBoxLayout(self)
        for button in (self.measure_button, self.save_button):
            buttons.addWidget(button)
        for widget in (about, self.each, self.table, self.bar, self.status):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.status.setWordWrap(True)
        self._rest("Press Measure.")

    def measure_or_cancel(self) -> None:
        """Begin; while it goes on, end it and keep what is in the table."""
        if self.worker is not None:
            self.stop.set()
            self.status.setText("Ending…")
            return
        try:
            request, each = self._read(), self.each.isChecked()
        except ValueError as error:
            show_error(str(error))
            return
        self.found = []
        self.table.setRowCount(0)
        self.table.setColumnHidden(0, not each)
        self.stop.clear()
        self.request = request
        self.worker = GeneratorWorker(distances, request, each, self.stop)
        self.worker.yielded.connect(self._yielded)
        self.worker.errored.connect(self._errored)
        self.worker.finished.connect(self._finished)
        self.bar.setMaximum(0)
        self.measure_button.setText("Cancel")
        self.status.setText("Measuring…")
        self._verdict = ""
        self.worker.start()

    def _read(self) -> Request:
        lacking = missing(self.view)
        if lacking:
            raise ValueError(lacking)
        mask = self.view.inputs.mask_layer.value
        dims = self.view.viewer.dims
        request = read(self.view, dims)
        if not self.each.isChecked():
            return request
        if not isinstance(mask, Labels):
            raise ValueError("choose a Labels layer as the mask: each of its labels is an object")
        assert request.source is not None
        return replace(request, region=read_region(mask, request.source, dims.point, selected_only=False))

    def _yielded(self, told: Tick | Distance | Together) -> None:
        if isinstance(told, Tick):
            self.bar.setMaximum(told.steps)
            self.bar.setValue(told.step)
        elif isinstance(told, Together):
            self._add_layers(told)
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
        self.status.setText(f"{len(self.found)} measured")

    def _add_layers(self, told: Together) -> None:
        layers, request = self.view.viewer.layers, self.request
        metadata = as_metadata(told.recipes)
        layers.append(Image(request.arrange(told.result), name=request.title, metadata=metadata, **request.placement))
        data, look = told.difference
        layers.append(Image(data, **look))

    def _errored(self, error: Exception) -> None:
        self._verdict = str(error)
        show_error(self._verdict)

    def _finished(self, _: None = None) -> None:
        self.worker = None
        ended = "Cancelled" if self.stop.is_set() else "Done"
        self._rest(self._verdict or f"{ended}: {len(self.found)} measured.")

    def _rest(self, words: str) -> None:
        self.status.setText(words)
        self.measure_button.setText("Measure")
        self.save_button.setEnabled(bool(self.found))
        self.bar.setMaximum(1)
        self.bar.setValue(0)

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

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End the search when the table is closed; what was measured stays in it."""
        self.stop.set()
        super().closeEvent(event)
