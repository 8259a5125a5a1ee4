"""What the dialog of a recipe looks like; what it does is in `recipe_dialog`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from magicgui.widgets import ComboBox
from qtpy.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

OWN = "the picture it was made from"
EMPTY = "Select a result: a layer that a run made, or a picture that was saved with its recipe."


class RecipeView(QDialog):
    """Says what was done; below it buttons to save, copy and edit, then what it can be replayed on."""

    def __init__(self, parent: QWidget, images: Callable[[], Sequence[Any]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recipe")
        self.setMinimumWidth(460)
        self.heading, self.about, self.status = QLabel(), QLabel(), QLabel()
        self.heading.setStyleSheet("font-weight: bold")
        self.save_button, self.edit_button = QPushButton("Save recipe…"), QPushButton("Edit in the dock")
        self.picture_button = QPushButton("Save picture…")
        self.command_button, self.python_button = QPushButton("Copy as command line"), QPushButton("Copy as Python")
        self.replay_button, self.folder_button = QPushButton("Replay"), QPushButton("Replay on a folder…")
        self.cancel_button, self.bar, self.log = QPushButton("Cancel"), QProgressBar(), QPlainTextEdit()
        self.on = ComboBox(choices=lambda _: [OWN, *images()], tooltip="Which picture to do it to")
        self.picture_button.setToolTip("Save the result as PNG or TIFF, with the recipe inside")
        self.save_button.setToolTip("Save it as a file that can be dropped onto napari; its picture goes along")
        self.edit_button.setToolTip("Fill the dock's form with its picture, mask and settings")
        self.command_button.setToolTip("What makes the same pixels in a shell")
        self.python_button.setToolTip("What makes the same pixels in Python")
        self.replay_button.setToolTip("Do the same again; the result becomes a new layer")
        self.folder_button.setToolTip("Do the same to every picture of a folder; results and recipes go to another one")
        self.cancel_button.setToolTip("End what is going on; what is done stays")
        self.log.setToolTip("What became of each picture of the folder")
        self.log.setReadOnly(True)
        self.log.setMinimumHeight(110)
        self.log.hide()
        self.bar.setTextVisible(False)
        self.show_progress(0, 1)
        for text in (self.about, self.status):
            text.setWordWrap(True)
        self._lay_out()

    def _lay_out(self) -> None:
        keep, replay = QGridLayout(), QGroupBox("Replay")
        pairs = ((self.picture_button, self.save_button), (self.command_button, self.python_button))
        for row, pair in enumerate(pairs):
            for column, button in enumerate(pair):
                keep.addWidget(button, row, column)
        keep.addWidget(self.edit_button, len(pairs), 0, 1, 2)
        form, buttons, below = QFormLayout(replay), QHBoxLayout(), QHBoxLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        combo = self.on.native
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        form.addRow("On", combo)
        buttons.addWidget(self.replay_button)
        buttons.addWidget(self.folder_button)
        form.addRow(buttons)
        below.addWidget(self.bar, 1)
        below.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.heading)
        layout.addWidget(self.about)
        layout.addLayout(keep)
        layout.addWidget(replay)
        layout.addWidget(self.log, 1)
        layout.addWidget(self.status)
        layout.addLayout(below)
        layout.addStretch()

    def show_recipe(self, name: str, about: str, *, picture: bool, busy: bool) -> None:
        """Show what a recipe does, and what can be done with it now; without words, what to do first."""
        self.heading.setText(name)
        self.heading.setVisible(bool(about))
        self.about.setText(about or EMPTY)
        for button in (self.save_button, self.edit_button, self.command_button, self.python_button):
            button.setEnabled(bool(about) and not busy)
        for button in (self.replay_button, self.folder_button):
            button.setEnabled(bool(about) and not busy)
        self.picture_button.setEnabled(picture and not busy)
        self.on.enabled = bool(about) and not busy
        self.cancel_button.setEnabled(busy)

    def show_progress(self, step: int, steps: int) -> None:
        """Show how far it is."""
        self.bar.setMaximum(steps)
        self.bar.setValue(step)
