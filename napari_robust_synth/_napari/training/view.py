"""What the train dock looks like; what it does is in `train_dock`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from magicgui.types import FileDialogMode
from magicgui.widgets import ComboBox, FileEdit, LineEdit
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from napari_robust_synth._napari.training.panels import SourcePanel
from napari_robust_synth._napari.window.curves import Curves
from napari_robust_synth._napari.window.docks import Tabbed
from napari_robust_synth._napari.window.form import whole_number
from napari_robust_synth._napari.window.preferences import use_folder

OWN = "own"
CONFIGS = [
    ("quick-cpu: a first try", "quick-cpu"),
    ("domain-pair: two kinds", "domain-pair"),
    ("default: as the bundled one", "default"),
    ("a TOML file…", OWN),
]
CONFIG_TIP = (
    "quick-cpu: minutes for a thousand pictures, to see whether it works.\n"
    "domain-pair: two kinds of pictures, to translate one into the other.\n"
    "default: what made the bundled classifier; an hour for twenty thousand pictures.\n"
    "Of few pictures, all of them take smaller batches, and a hundred steps at least."
)
ABOUT = "Make a classifier of your own kinds of pictures, to draw with."


class TrainView(QWidget):
    """What to train on, and how, in one scrolled form; curves, buttons and status below it."""

    def __init__(self, layers: Callable[[], Sequence[Any]]) -> None:
        super().__init__()
        Tabbed(self)
        use_folder()
        self.config = ComboBox(choices=CONFIGS, tooltip=CONFIG_TIP)
        self.file = FileEdit(
            mode=FileDialogMode.EXISTING_FILE, filter="*.toml", tooltip="A training config, see the docs"
        )
        self.share = whole_number(0, 50, value=10, tooltip="Of each class, kept aside to measure accuracies")
        self.model_name = LineEdit(tooltip="What the new classifier will be called")
        self.hint, self.status, about = QLabel(), QLabel(), QLabel(ABOUT)
        for words in (self.hint, self.status, about):
            words.setWordWrap(True)
        self.train_button, self.cancel_button = QPushButton("Train"), QPushButton("Cancel")
        self.resume_button, self.use_button = QPushButton("Resume"), QPushButton("Use it in Robust Synthesis")
        self.train_button.setToolTip("Start a training, in a process of its own")
        self.resume_button.setToolTip("Go on from the last checkpoint")
        self.cancel_button.setToolTip("Stop the training; Resume can go on from its last checkpoint")
        self.use_button.setToolTip("Choose the new classifier in the dock that draws")
        self.bar, self.curves = QProgressBar(), Curves()
        self.bar.setTextVisible(False)
        self.inner, form = QWidget(), QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = QVBoxLayout(self.inner)
        rows.addWidget(about)
        rows.addLayout(form)
        rows.addStretch(1)
        self.source = SourcePanel(form, layers)
        self.source.new_marks.setAccessibleName("New examples")
        form.addRow("Config", self.config.native)
        form.addRow("Config file", self.file.native)
        form.addRow("Validation (%)", self.share.native)
        form.addRow("Name", self.model_name.native)
        self.form = form
        for edit in (self.source.folder, self.file):
            for part in edit.native.findChildren(QWidget):
                part.setToolTip(edit.tooltip)
        for combo in (self.config, self.source.marks, self.source.cutting):
            combo.native.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._arrange()
        self.setMinimumWidth(320)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.train_button, self.resume_button, self.cancel_button):
            buttons.addWidget(button)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setMinimumHeight(150)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.inner)
        outer = QVBoxLayout(self)
        outer.addWidget(area, 1)
        for widget in (self.hint, self.curves, self.use_button):
            outer.addWidget(widget)
        outer.addLayout(buttons)
        outer.addWidget(self.bar)
        outer.addWidget(self.status)
