"""Undo, Redo and what a run leaves behind: two rows in the dock that draws."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from magicgui.widgets import ComboBox
from qtpy.QtWidgets import QCheckBox, QGridLayout, QPushButton, QWidget

from napari_robust_synth._napari.history.earlier import goes_on
from napari_robust_synth._napari.history.keeper import Choose, Keeper, keeper_of
from napari_robust_synth._napari.history.timeline import Timeline
from napari_robust_synth._napari.window.docks import open_dock

DOCK = "Edit history"
FRAMES = "Keep the steps of the next run as a layer with a slider, which can be saved"
NO_UNDO, NO_REDO = "Nothing to undo (Ctrl+Alt+Z)", "Nothing to redo (Ctrl+Alt+Shift+Z)"


class HistoryBar(QWidget):
    """The buttons act on the picture whose history is shown; see `Keeping.activate`."""

    def __init__(self) -> None:
        super().__init__()
        self.undo_button, self.redo_button = QPushButton("Undo"), QPushButton("Redo")
        self.history_button = QPushButton("History")
        self.history_button.setToolTip("List the edits; go back, compare, accept")
        self.new_layer, self.keep_frames = QCheckBox("New layer"), QCheckBox("Keep the frames")
        self.new_layer.setToolTip(
            "Put the next result into a layer of its own instead of the one with the edits so far"
        )
        self.keep_frames.setToolTip(FRAMES)
        self.rows = rows = QGridLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        for column, button in enumerate((self.undo_button, self.redo_button, self.history_button)):
            rows.addWidget(button, 0, column)
            rows.setColumnStretch(column, 1)
        rows.addWidget(self.new_layer, 1, 0)
        rows.addWidget(self.keep_frames, 1, 1, 1, 2)
        for button in (self.undo_button, self.redo_button, self.history_button):
            button.setEnabled(False)
        self.undo_button.setToolTip(NO_UNDO)
        self.redo_button.setToolTip(NO_REDO)

    def follow(self, viewer: Any, image: ComboBox) -> None:
        """Act on a viewer's histories, that of the image chosen in the form first."""
        self._keeper, self._image = keeper_of(viewer), image
        self.undo_button.clicked.connect(self._keeper.undo)
        self.redo_button.clicked.connect(self._keeper.redo)
        self.history_button.clicked.connect(lambda: open_dock(viewer, DOCK))
        self.history_button.setEnabled(True)
        self.new_layer.setChecked(self._keeper.new_layer)
        self.keep_frames.setChecked(self._keeper.keep_frames)
        self.new_layer.toggled.connect(lambda on: setattr(self._keeper, "new_layer", on))
        self.keep_frames.toggled.connect(lambda on: setattr(self._keeper, "keep_frames", on))
        image.changed.connect(self._keeper.activate)
        self._keeper.changed.connect(self._refresh)
        self._gone_on_with: WeakSet[Timeline] = WeakSet()
        self._keeper.landed.connect(self._go_on_with)

    def offer_frames(self, *, slices: bool, live: bool) -> None:
        """Let frames be kept, or say why a run on all slices and the live brush keep none."""
        why = "The live brush keeps no frames" if live else "A run on all slices keeps no frames" if slices else ""
        self.keep_frames.setEnabled(not why)
        self.keep_frames.setToolTip(why or FRAMES)

    def origin(self, image: Any) -> Any:
        """Return what an image was made from, or the image itself when no run made it."""
        timeline = self._keeper.timelines.get(image)
        return image if timeline is None or timeline.origin is None else timeline.origin

    def _go_on_with(self, timeline: Timeline) -> None:
        """Let the next run start from the result, not from the source again, unless that is chosen afterwards."""
        source = timeline.origin
        if source is None or source is not self._image.value or self._keeper.new_layer:
            return
        if goes_on(timeline) and timeline not in self._gone_on_with:
            self._gone_on_with.add(timeline)
            self._image.value = timeline.layer

    def _refresh(self) -> None:
        refresh_buttons(self._keeper, self.undo_button, self.redo_button)


def refresh_buttons(keeper: Keeper, undo: QPushButton, redo: QPushButton) -> None:
    """Let two buttons say what they would do."""
    if keeper.painted is not None:
        for button, words, key in ((undo, "Undo", "Z"), (redo, "Redo", "Shift+Z")):
            button.setEnabled(True)
            button.setToolTip(f"{words} the last stroke on {keeper.painted.name} (Ctrl+Alt+{key})")
        return
    _offer(undo, "Undo", "Z", keeper.to_undo, NO_UNDO, lambda history: history.current if history.undo else None)
    _offer(redo, "Redo", "Shift+Z", keeper.to_redo, NO_REDO, lambda history: history.redo)


def _offer(button: QPushButton, words: str, key: str, timeline: Timeline | None, nothing: str, choose: Choose) -> None:
    number = None if timeline is None else choose(timeline.history)
    button.setEnabled(number is not None)
    if timeline is not None and number is not None:
        title = timeline.history.entries[number].title
        button.setToolTip(f"{words} {title} in {timeline.layer.name} (Ctrl+Alt+{key})")
    else:
        button.setToolTip(nothing)
