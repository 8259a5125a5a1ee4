"""What the dock looks like; what it does is in `dock`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from magicgui.widgets import ComboBox
from napari.viewer import Viewer
from qtpy.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_robust_synth._napari.distances.button import DistanceButton
from napari_robust_synth._napari.history.bar import HistoryBar
from napari_robust_synth._napari.inputs.panels import InputPanel
from napari_robust_synth._napari.inputs.parameter_panel import ParameterPanel
from napari_robust_synth._napari.models.choice import ModelChoice
from napari_robust_synth._napari.series.button import SeriesButton
from napari_robust_synth._napari.status import StatusLine
from napari_robust_synth._napari.tour_button import TourButton
from napari_robust_synth._napari.window.docks import Tabbed
from napari_robust_synth._napari.window.form_area import FormArea
from napari_robust_synth._napari.window.keyboard import RUN_TIP, STOP_TIP
from napari_robust_synth._napari.window.preferences import preferred_device
from napari_robust_synth.tasks import TASKS

if TYPE_CHECKING:
    from napari.components import LayerList


class DockView(QWidget):
    """Task, inputs, parameters and classifier in one scrolled form; buttons and status below it."""

    viewer: Viewer

    def __init__(self, layers: Callable[[], LayerList]) -> None:
        super().__init__()
        Tabbed(self)
        self.task = ComboBox(
            choices=[(name.replace("-", " ").capitalize(), name) for name in TASKS], tooltip="What to do"
        )
        self.model = ModelChoice(self)
        devices = ("auto", "cpu", "cuda", "mps")
        self.device = ComboBox(choices=devices, value=preferred_device(), tooltip="Where to compute")
        self.about, self.hint, self.status = QLabel(), QLabel(), StatusLine(self)
        for words in (self.about, self.hint):
            words.setWordWrap(True)
        self.run_button, self.pause_button = QPushButton("Run"), QPushButton("Pause")
        self.stop_button, self.sample_button = QPushButton("Stop"), QPushButton("Open a sample for this task")
        self.run_button.setToolTip(RUN_TIP)
        self.pause_button.setToolTip("Wait after the step under way, or go on")
        self.stop_button.setToolTip(STOP_TIP)
        self.sample_button.setToolTip("Open a picture with everything that this task needs")
        self.beginning, self.tour_button = QWidget(), TourButton(self)
        beginning = QVBoxLayout(self.beginning)
        beginning.setContentsMargins(0, 0, 0, 0)
        for button in (self.tour_button, self.sample_button):
            beginning.addWidget(button)
        self.bar, self.history = QProgressBar(), HistoryBar()
        self.bar.setTextVisible(False)
        inner, buttons = QWidget(), QHBoxLayout()
        form = QFormLayout(inner)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Task", self.task.native)
        form.addRow(self.about)
        self.inputs, self.parameters = InputPanel(form, layers), ParameterPanel(form)
        self.inputs.features_wanted.connect(self._browse_features)
        form.addRow("Classifier", self.model.native)
        form.addRow("Device", self.device.native)
        for button in (self.run_button, self.pause_button, self.stop_button):
            buttons.addWidget(button)
        for combo in inner.findChildren(QComboBox):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self.area = FormArea(inner)
        outer = QVBoxLayout(self)
        outer.addWidget(self.area, 1)
        outer.addWidget(self.hint)
        outer.addWidget(self.beginning)
        outer.addWidget(DistanceButton(self))
        outer.addWidget(SeriesButton(self))
        outer.addLayout(buttons)
        outer.addWidget(self.history)
        outer.addWidget(self.bar)
        outer.addWidget(self.status)

    def _browse_features(self) -> None:
        from napari_robust_synth._napari.features.use import open_browser

        open_browser(self.viewer)
