"""What the dock looks like; what it does is in `dock`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from magicgui.widgets import ComboBox
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from napari_robust_synth._napari.panels import InputPanel, ParameterPanel
from napari_robust_synth.models import ZOO
from napari_robust_synth.tasks import TASKS


class DockView(QWidget):
    """Task, inputs, parameters and classifier in one scrolled form; buttons and status below it."""

    def __init__(self, layers: Callable[[], Sequence[Any]]) -> None:
        super().__init__()
        self.task = ComboBox(choices=[(name.replace("-", " ").capitalize(), name) for name in TASKS])
        self.model = ComboBox(choices=list(ZOO), tooltip="The robust classifier that everything is drawn with")
        self.device = ComboBox(choices=("auto", "cpu", "cuda", "mps"), tooltip="Where to compute")
        self.about, self.hint, self.status = QLabel(), QLabel(), QLabel()
        for words in (self.about, self.hint, self.status):
            words.setWordWrap(True)
        self.inputs, self.parameters = InputPanel(layers), ParameterPanel()
        self.run_button, self.pause_button = QPushButton("Run"), QPushButton("Pause")
        self.stop_button, self.sample_button = QPushButton("Stop"), QPushButton("Open a sample for this task")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        top, bottom, buttons = QFormLayout(), QFormLayout(), QHBoxLayout()
        self._forms = (top, self.inputs.form, self.parameters.form, bottom)
        top.addRow("Task", self.task.native)
        top.addRow(self.about)
        bottom.addRow("Classifier", self.model.native)
        bottom.addRow("Device", self.device.native)
        for button in (self.run_button, self.pause_button, self.stop_button):
            buttons.addWidget(button)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        for part in (top, self.inputs, self.parameters, bottom):
            layout.addLayout(part) if isinstance(part, QFormLayout) else layout.addWidget(part)
        layout.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.addWidget(area, 1)
        outer.addWidget(self.hint)
        outer.addWidget(self.sample_button)
        outer.addLayout(buttons)
        outer.addWidget(self.bar)
        outer.addWidget(self.status)
        self.setMinimumWidth(320)

    def align(self) -> None:
        """Give all labels of the forms the same width, so that their fields line up."""
        items = [
            form.itemAt(row, QFormLayout.ItemRole.LabelRole) for form in self._forms for row in range(form.rowCount())
        ]
        labels = [label for item in items if item is not None and (label := item.widget()) is not None]
        for label in labels:
            label.ensurePolished()
        width = max(label.sizeHint().width() for label in labels)
        for label in labels:
            label.setMinimumWidth(width)
