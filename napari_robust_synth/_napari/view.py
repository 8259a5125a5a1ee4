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

from napari_robust_synth._napari.model_choice import ModelChoice
from napari_robust_synth._napari.panels import InputPanel, ParameterPanel
from napari_robust_synth.tasks import TASKS


class DockView(QWidget):
    """Task, inputs, parameters and classifier in one scrolled form; buttons and status below it."""

    def __init__(self, layers: Callable[[], Sequence[Any]]) -> None:
        super().__init__()
        self.task = ComboBox(choices=[(name.replace("-", " ").capitalize(), name) for name in TASKS])
        self.model = ModelChoice(self)
        self.device = ComboBox(choices=("auto", "cpu", "cuda", "mps"), tooltip="Where to compute")
        self.about, self.hint, self.status = QLabel(), QLabel(), QLabel()
        for words in (self.about, self.hint, self.status):
            words.setWordWrap(True)
        self.run_button, self.pause_button = QPushButton("Run"), QPushButton("Pause")
        self.stop_button, self.sample_button = QPushButton("Stop"), QPushButton("Open a sample for this task")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        inner, buttons = QWidget(), QHBoxLayout()
        form = QFormLayout(inner)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Task", self.task.native)
        form.addRow(self.about)
        self.inputs, self.parameters = InputPanel(form, layers), ParameterPanel(form)
        form.addRow("Classifier", self.model.native)
        form.addRow("Device", self.device.native)
        for button in (self.run_button, self.pause_button, self.stop_button):
            buttons.addWidget(button)
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
