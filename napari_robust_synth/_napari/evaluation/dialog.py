"""What a classifier's pictures are good for: measured on a folder, shown in the browser."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import napari.viewer
from magicgui.types import FileDialogMode
from magicgui.widgets import ComboBox, FileEdit
from qtpy.QtCore import QUrl
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from napari_robust_synth._napari.evaluation.process import EvaluationProcess
from napari_robust_synth._napari.inputs.last_values import remember_evaluating
from napari_robust_synth._napari.models.choice import ModelChoice
from napari_robust_synth._napari.window.form import explain, whole_number
from napari_robust_synth._napari.window.preferences import preferred_device
from napari_robust_synth.models import models_here
from napari_robust_synth.models.store import home_folder

PICTURES, STEPS, WIDTH = 50, 100, 540
NOTHING, INSTALLED = "nothing", "the one that is installed"
HINT = (
    "Measures what its pictures are good for, task by task, on pictures that it was not trained on, and opens a report "
    "in the browser. It takes about a minute a picture without a graphics card; you can cancel and go on later."
)
FOLDER_TIP = "A folder with a folder of pictures for each class, or with one called val that has them"
AGAINST_TIP = "A classifier of the same classes to put beside it, best an ordinary one"
JUDGE_TIP = (
    "Another network that says what is in the pictures; the installed one knows ImageNet's classes. For other classes "
    "choose a model that was trained apart from this one"
)
COUNT_TIP = "How many pictures each figure is of; under 20 there are no verdicts"
REPORT = "report.html"


class EvaluateDialog(QDialog):
    """Asks for a classifier and a folder, runs ``evaluate``, and opens its report.

    Parameters
    ----------
    parent : QWidget
        What it belongs to.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Evaluate classifier")
        self.setMinimumWidth(WIDTH)
        self.process = EvaluationProcess(self)
        self.cancelled = False
        self.model = ModelChoice(self)
        self.pictures = FileEdit(label="Pictures", mode=FileDialogMode.EXISTING_DIRECTORY, tooltip=FOLDER_TIP)
        self.against = ComboBox(label="Beside it", choices=self._others, tooltip=AGAINST_TIP)
        self.judge = ComboBox(label="Judge", choices=lambda _: self._others(none=INSTALLED), tooltip=JUDGE_TIP)
        self.count = whole_number(1, 10_000, value=PICTURES, label="How many", tooltip=COUNT_TIP)
        self.hint, self.status, self.bar = QLabel(HINT), QLabel(), QProgressBar()
        self.run_button, self.cancel_button, self.open_button = map(QPushButton, ("Run", "Cancel", "Open report"))
        self.run_button.setToolTip("Make the report; what was found before is not measured again")
        self.cancel_button.setToolTip("End it; what was found so far is kept")
        self.open_button.setToolTip("Show the report in the browser")
        self._lay_out()
        remember_evaluating(self)
        self.run_button.clicked.connect(self.run)
        self.cancel_button.clicked.connect(self.cancel)
        self.open_button.clicked.connect(self.open_report)
        self.model.changed.connect(self._chosen)
        self.pictures.changed.connect(self._refresh)
        self.process.moved.connect(self._moved)
        self.process.ended.connect(self._ended)
        self._refresh()

    @property
    def folder(self) -> Path:
        """Where the report of the classifier lies, of these pictures."""
        pictures = Path(str(self.pictures.value))
        told_apart = sha256(str(pictures.absolute()).encode()).hexdigest()[:6]  # many folders are called val
        return home_folder() / "reports" / f"{Path(self.model.value).name} on {pictures.name} {told_apart}"

    def run(self) -> None:
        """Make the report; what was found before is not measured again."""
        options = ["--model", self.model.value, "--data", str(self.pictures.value), "--n", str(self.count.value)]
        options += ["--device", preferred_device()]
        if self.against.value != NOTHING:
            options += ["--against", self.against.value]
        if self.judge.value != INSTALLED:
            options += ["--judge", self.judge.value]
        try:
            self.process.start(self.folder, options)
        except OSError as error:
            self.status.setText(f"{self.folder} can't be written ({error.strerror})")
            return
        self.cancelled = False
        self.bar.setMaximum(0)
        self.status.setText("Starting…")
        self._refresh()

    def cancel(self) -> None:
        """End what is under way, or close."""
        if not self.process.running:
            self.close()
            return
        self.cancelled = True
        self.status.setText("Stopping…")
        self.process.stop()

    def open_report(self) -> None:
        """Show the report in the browser."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder / REPORT)))

    def _moved(self, what: str, done: float, total: float) -> None:
        self.bar.setMaximum(STEPS if total else 0)
        self.bar.setValue(round(STEPS * done / total) if total else 0)
        if not self.cancelled:
            self.status.setText(f"{what}…")

    def _ended(self, good: bool, words: str) -> None:
        self.bar.setMaximum(STEPS)
        self.bar.setValue(STEPS if good else 0)
        if good:
            self.status.setText(f"The report is in {self.folder}")
            self.open_report()
        else:
            self.status.setText("Stopped. Run goes on with the part it was at." if self.cancelled else words)
        self._refresh()

    def _others(self, _: object = None, none: str = NOTHING) -> list[str]:
        return [none, *(name for name in models_here() if name != self.model.value)]

    def _chosen(self, _: str) -> None:
        self.against.reset_choices()
        self.judge.reset_choices()
        self._refresh()

    def _refresh(self, _: object = None) -> None:
        busy, there = self.process.running, str(self.pictures.value) not in ("", ".")
        for field in (self.pictures, self.against, self.judge, self.count):
            field.enabled = not busy
        self.model.enabled = not busy
        self.run_button.setEnabled(not busy and there)
        self.cancel_button.setText("Cancel" if busy else "Close")
        self.open_button.setVisible(not busy and there and (self.folder / REPORT).is_file())
        self.bar.setVisible(busy)
        self.status.setVisible(bool(self.status.text()))
        self.adjustSize()

    def _lay_out(self) -> None:
        form, buttons, layout = QFormLayout(), QHBoxLayout(), QVBoxLayout(self)
        form.addRow("Classifier", self.model.native)
        for field in (self.pictures, self.against, self.judge, self.count):
            form.addRow(field.label, field.native)
            explain(field)
        for label in (self.hint, self.status):
            label.setWordWrap(True)
        buttons.addStretch()
        for button in (self.open_button, self.cancel_button, self.run_button):
            buttons.addWidget(button)
        layout.addWidget(self.hint)
        layout.addLayout(form)
        layout.addWidget(self.bar)
        layout.addWidget(self.status)
        layout.addLayout(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return ends what is being typed, and presses none


def evaluate_classifier(viewer: napari.viewer.Viewer) -> None:
    """Open the dialog, or find it."""
    window = viewer.window._qt_window
    dialog = window.findChild(EvaluateDialog) or EvaluateDialog(window)
    dialog.show()
    dialog.adjustSize()
    dialog.raise_()
