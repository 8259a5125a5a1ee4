"""The dock "Edit history": the edits of a picture, to go back to, compare and accept; frames, to save."""

from __future__ import annotations

import napari.viewer
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget
from superqt import QElidingLabel

from napari_robust_synth._napari.history.bar import NO_REDO, NO_UNDO, refresh_buttons
from napari_robust_synth._napari.history.keeper import COMPARE_KEY, keeper_of
from napari_robust_synth._napari.history.listing import HistoryList
from napari_robust_synth._napari.history.timeline import Timeline
from napari_robust_synth._napari.history.windows import held
from napari_robust_synth._napari.layers.destination import Destination, layers_of, refusal
from napari_robust_synth._napari.layers.frames import frames_of, save_frames
from napari_robust_synth._napari.window.docks import Tabbed
from napari_robust_synth._napari.window.preferences import MEGABYTE, history_limit

EMPTY = "No edits yet. Each run will be listed here. Click one to go back to it; run again to branch from there."


class HistoryDock(QWidget):
    """The history of one picture: that of the last edit, or of the image chosen in the dock that draws."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__()
        Tabbed(self)
        self.viewer, self.keeper = viewer, keeper_of(viewer)
        self.name, self.empty, self.status = QElidingLabel(), QLabel(EMPTY), QLabel()
        for words in (self.empty, self.status):
            words.setWordWrap(True)
        self.list = HistoryList()
        self.undo_button, self.redo_button = QPushButton("Undo"), QPushButton("Redo")
        self.compare_button, self.accept_button = QPushButton("Hold to compare"), QPushButton("Accept into source")
        self.forget_button, self.save_button = QPushButton("Forget…"), QPushButton("Save frames…")
        self.undo_button.setToolTip(NO_UNDO)
        self.redo_button.setToolTip(NO_REDO)
        self.list.setToolTip("Click an edit to go back to it")
        self.compare_button.setToolTip(f"Show the original while this, or the key {COMPARE_KEY}, is held down")
        self.forget_button.setToolTip("Forget all edits of this picture; what is shown stays")
        self.save_button.setToolTip("Save the selected layer of frames as an animated PNG, GIF or TIFF")
        layout, buttons = QVBoxLayout(self), QGridLayout()
        layout.addWidget(self.name)
        layout.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.list, 1)
        pairs = (
            (self.undo_button, self.redo_button),
            (self.compare_button, self.accept_button),
            (self.forget_button, self.save_button),
        )
        for row, pair in enumerate(pairs):
            for column, button in enumerate(pair):
                buttons.addWidget(button, row, column)
        layout.addLayout(buttons)
        layout.addWidget(self.status)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.undo_button.clicked.connect(self.keeper.undo)
        self.redo_button.clicked.connect(self.keeper.redo)
        self.compare_button.pressed.connect(lambda: self.keeper.compare(True))
        self.compare_button.released.connect(lambda: self.keeper.compare(False))
        self.accept_button.clicked.connect(self.keeper.accept)
        self.forget_button.clicked.connect(self._forget)
        self.save_button.clicked.connect(self._save)
        self.list.chosen.connect(self._go)
        self.keeper.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the edits as they are now."""
        timeline = self.keeper.active
        self.list.show_history(None if timeline is None else timeline.history)
        self.list.setVisible(timeline is not None)
        self.empty.setVisible(timeline is None)
        self.name.setVisible(timeline is not None)
        self.name.setText("" if timeline is None else timeline.layer.name)
        edited = timeline is not None and len(timeline.history.entries) > 1
        for button in (self.compare_button, self.forget_button):
            button.setEnabled(edited)
        into = self.keeper.into
        self.accept_button.setEnabled(edited and bool(into))
        self.accept_button.setToolTip(accepting(into, timeline))
        refresh_buttons(self.keeper, self.undo_button, self.redo_button)
        self.save_button.setEnabled(frames_of(self.viewer.layers.selection.active) is not None)
        taken, limit = held() / MEGABYTE, history_limit() // MEGABYTE
        self.status.setText(f"{taken:.1f} of {limit} MB held, all pictures together")

    def _go(self, number: int) -> None:
        self.keeper.go(lambda _: number)

    def _forget(self) -> None:
        timeline = self.keeper.active
        question = "Forget all edits of this picture? What is shown stays, but nothing before it can be gone back to."
        if timeline and QMessageBox.question(self, "Forget", question) == QMessageBox.StandardButton.Yes:
            self.keeper.forget(timeline)

    def _save(self) -> None:
        save_frames(self.viewer.layers.selection.active, self)


def accepting(into: Destination, timeline: Timeline | None) -> str:
    """Say what accepting would do, or why it can't be done."""
    if timeline is None or not into:
        return "There is no picture to accept it into"
    names = ", ".join(layer.name for layer in layers_of(into))
    return refusal(into, timeline.shown) or f"Put what is shown into {names}; can be undone"
