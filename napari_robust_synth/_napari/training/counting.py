"""Counts the crops of each class in the background, as layers and choices change."""

from __future__ import annotations

from functools import partial
from typing import Any

from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.layers.marks import colour_of
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.training.form import chosen_config, read_source, summary
from napari_robust_synth._napari.training.panels import LAYERS
from napari_robust_synth._napari.training.source import Source
from napari_robust_synth._napari.training.view import TrainView
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.training.config import TrainingConfig, read_config

WAIT_MS = 250
WATCHED = frozenset(
    {"data", "paint", "labels_update", "features", "face_color", "scale", "translate", "affine", "current_step"}
)
"""Events of layers and sliders after which there may be other crops."""


class Counting(QObject):
    """Keeps the table of classes up to date, and says in ``text`` what there is to train on, or what is missing."""

    counted = Signal()

    def __init__(self, view: TrainView, dims: Any) -> None:
        super().__init__(view)
        self.view, self.dims = view, dims
        self.text = ""
        self._counts: dict[str, int] | None = None
        self._source: Source
        self._config: TrainingConfig
        self._busy = self._again = False
        self._heard: list[Any] = []
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._count)
        self.destroyed.connect(partial(_forget, self._heard, self._changed))
        for changed in (view.source.changed, view.config.changed, view.file.changed):
            changed.connect(self.soon)
        for changed in (view.share.changed, view.source.table.itemChanged):
            changed.connect(self._say)

    def soon(self, *_: Any) -> None:
        """Count when nothing has changed for a moment."""
        _forget(self._heard, self._changed)
        marks = self.view.source.marks.value
        layers = [*self.view.source.chosen_images(), *([] if marks is None else [marks])]
        self._heard += [self.dims.events, *(layer.events for layer in layers)]
        for events in self._heard:
            events.connect(self._changed)
        self._due.start(WAIT_MS)

    def _changed(self, event: Any) -> None:
        if event.type in WATCHED:
            self._due.start(WAIT_MS)

    def _count(self) -> None:
        if self._busy:
            self._again = True
            return
        try:
            self._source = read_source(self.view, World.of(self.dims))
            self._config = read_config(chosen_config(self.view))
        except ValueError as error:
            self._failed(error)
            return
        self._busy = True
        worker = background(self._source.counts, self._config)
        worker.returned.connect(self._show)
        worker.errored.connect(self._failed)
        worker.finished.connect(self._finished)
        worker.start()

    def _show(self, counts: dict[str, int]) -> None:
        self._counts = counts
        marks, colours = self.view.source.marks.value, {}
        if self.view.source.kind.value == LAYERS and marks is not None:
            colours = {key: colour for key in counts if (colour := colour_of(marks, key))}
        names = {key: self._source.default_name(key, self._config) for key in counts}
        self.view.source.table.show_counts(counts, names, colours)
        self._say()

    def _failed(self, error: Exception) -> None:
        self._counts = None
        self.view.source.table.show_counts({}, {}, {})
        self.text = str(error)
        self.counted.emit()

    def _finished(self, _: Any = None) -> None:
        self._busy = False
        if self._again:
            self._again = False
            self._count()

    def _say(self, *_: Any) -> None:
        if self._counts is not None:
            self.text = summary(self._counts, self.view.source.table.names(), self.view.share.value / 100)
        self.counted.emit()


def _forget(heard: list[Any], callback: Any, _: Any = None) -> None:
    while heard:
        heard.pop().disconnect(callback)
