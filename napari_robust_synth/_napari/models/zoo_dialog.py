"""A window that lists what can be fetched, and fetches it."""

from __future__ import annotations

from functools import partial
from typing import Any

from napari.utils.notifications import show_error
from qtpy.QtCore import QTimer, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from napari_robust_synth._napari.models.fetch_job import FetchJob
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.models.store import models_folder

COLUMNS = ("Model", "What it is", "Download", "Licence")
SHOW_MS = 70


class ZooDialog(QDialog):
    """The published models that are not here yet; one at a time can be fetched."""

    fetched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("More models")
        self.resize(860, 480)
        self._jobs: list[FetchJob] = []
        self.destroyed.connect(partial(_abandon, self._jobs))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Search: resnet50, linf, cifar10, …")
        self.filter.setToolTip("Words that a model's row must have")
        self.filter.textChanged.connect(self._search)
        self.table = QTreeWidget()
        self.table.setHeaderLabels(COLUMNS)
        self.table.setToolTip("Select the model to fetch")
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.itemSelectionChanged.connect(self._refresh)
        self.fetch_button, self.cancel_button = QPushButton("Fetch"), QPushButton("Cancel")
        self.fetch_button.setToolTip("Download the model, check it and choose it")
        self.cancel_button.setToolTip("End the download; the next one goes on from there")
        self.fetch_button.clicked.connect(self.fetch)
        self.cancel_button.clicked.connect(partial(_abandon, self._jobs))
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._show_progress)
        self.bar, self.status, buttons = QProgressBar(), QLabel(), QHBoxLayout()
        self.status.setWordWrap(True)
        buttons.addWidget(self.bar, 1)
        for button in (self.fetch_button, self.cancel_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        for widget in (self.filter, self.table, self.status):
            layout.addWidget(widget)
        layout.addLayout(buttons)

    @property
    def job(self) -> FetchJob | None:
        """The download under way."""
        return self._jobs[0] if self._jobs else None

    def refresh(self) -> None:
        """List what is not here."""
        if self.job is not None:
            return
        entries = [entry for entry in ZOO.values() if entry.source and not entry.here]
        self.table.clear()
        self.table.addTopLevelItems([QTreeWidgetItem(_row(entry)) for entry in entries])
        for column in range(len(COLUMNS)):
            self.table.resizeColumnToContents(column)
        self.status.setText(f"Models are kept in {models_folder()}")
        self._search(self.filter.text())

    def fetch(self) -> None:
        """Fetch the model selected."""
        job = FetchJob(ZOO[self._chosen()[0].text(0)])
        job.ended.connect(self._ended)
        self._jobs.append(job)
        self.bar.setMaximum(0)
        self.status.setText(f"Asking for {job.entry.name}…")
        self._refresh()
        self._clock.start(SHOW_MS)
        job.start()

    def done(self, result: int) -> None:
        """Close, and end the download under way; the next one goes on from there."""
        _abandon(self._jobs)
        super().done(result)

    def _search(self, text: str) -> None:
        for i in range(self.table.topLevelItemCount()):
            if item := self.table.topLevelItem(i):
                words = " ".join(item.text(column) for column in range(len(COLUMNS)))
                item.setHidden(not all(part in words.lower() for part in text.lower().split()))
        self._refresh()

    def _chosen(self) -> list[QTreeWidgetItem]:
        return [item for item in self.table.selectedItems() if not item.isHidden()]

    def _refresh(self) -> None:
        self.fetch_button.setEnabled(self.job is None and bool(self._chosen()))
        self.cancel_button.setEnabled(self.job is not None)
        self.table.setEnabled(self.job is None)

    def _show_progress(self) -> None:
        done, total = self._jobs[0].now
        if not done:
            return
        whole = done == total
        self.bar.setMaximum(0 if whole or not total else 1000)
        self.bar.setValue(1000 * done // total if total else 0)
        of = f" of {total / 1e6:.1f}" if total else ""
        self.status.setText("Reading the checkpoint…" if whole else f"{done / 1e6:.1f}{of} MB")

    def _ended(self, error: str) -> None:
        job = self._jobs.pop()
        self._clock.stop()
        self.bar.setMaximum(1)
        self.bar.reset()
        self.refresh()
        if error or job.cancelled:
            self.status.setText(error or f"Cancelled; fetching {job.entry.name} again goes on from there")
        if error:
            show_error(error)
        elif not job.cancelled:
            self.accept()
            self.fetched.emit(job.entry.name)


def _row(entry: ZooEntry) -> list[str]:
    source, card = entry.source, entry.card
    size = f"{source.megabytes:g} MB" if source and source.megabytes else ""
    what = f"{card.arch}, {card.size} px, {entry.robust_to}; {card.data}"
    return [entry.name, what, size, source.licence if source else ""]


def _abandon(jobs: list[FetchJob], _: Any = None) -> None:
    for job in jobs:
        job.cancel()
