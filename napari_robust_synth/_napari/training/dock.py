"""The dock "Train classifier": choose pictures or crops of layers, and train."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event as Flag
from typing import Any

import napari.viewer
from napari.utils.notifications import show_error, show_info

from napari_robust_synth._napari.inputs.last_values import remember_training
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.training.closing import Closing
from napari_robust_synth._napari.training.counting import Counting
from napari_robust_synth._napari.training.form import add_examples, free_name, read_request
from napari_robust_synth._napari.training.process import Training, trainings
from napari_robust_synth._napari.training.request import Cancelled, raise_if
from napari_robust_synth._napari.training.view import OWN, TrainView
from napari_robust_synth._napari.training.watch import TrainingWatch
from napari_robust_synth._napari.training.words import describe, failure, result
from napari_robust_synth._napari.window.docks import open_dock
from napari_robust_synth._napari.window.soon import soon
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.training.events import Event


class TrainDock(TrainView):
    """Trains classifiers in processes of their own; one at a time is shown."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(lambda: viewer.layers)
        self.viewer = viewer
        self.counting, self.watch = Counting(self, viewer.dims), TrainingWatch(self)
        self.trained: Training | None = None
        self._starting, self._cancelled = False, Flag()
        self.destroyed.connect(partial(_set, self._cancelled))
        Closing(self, self.watch)
        self.counting.counted.connect(self._refresh)
        self.model_name.changed.connect(self._refresh)
        self.config.changed.connect(self._refresh)
        self.source.marks_wanted.connect(self._add_labels)
        self.train_button.clicked.connect(self.train)
        self.resume_button.clicked.connect(self._resume)
        self.cancel_button.clicked.connect(self._cancel)
        self.use_button.clicked.connect(self._use)
        self.watch.moved.connect(self._moved)
        self.watch.ended.connect(self._ended)
        self.model_name.value = free_name()
        remember_training(self)
        self.reset_choices()
        soon(self, self._find)

    def _find(self) -> None:
        """Show what was begun earlier, perhaps in a window that is gone."""
        for training in reversed(trainings()):
            if training.running:
                self._follow(training)
                break
            if training.finished:
                self._offer(training)
            elif training.resumable:
                self.model_name.value = training.name
                self.status.setText(f"{training.name!r} was stopped: Resume goes on from its last checkpoint.")
            else:
                self._failed(training)
        self._refresh()

    def reset_choices(self, event: Any = None) -> None:
        """Follow the viewer's layers (napari calls this when they change)."""
        self.source.reset_choices()

    @property
    def _named(self) -> Training:
        return Training(models_folder() / (self.model_name.value.strip() or "."))

    def _refresh(self, _: Any = None) -> None:
        busy = self._starting or self.watch.running
        self.form.setRowVisible(self.file.native, self.config.value == OWN)
        self.form.setRowVisible(self.source.table, self.source.table.rowCount() > 0)
        self.hint.setText(self.counting.text)
        self.hint.setVisible(not busy)
        self.inner.setEnabled(not busy)
        self.train_button.setEnabled(not busy)
        self.cancel_button.setEnabled(busy)
        self.resume_button.setVisible(not busy and self._named.resumable)
        self.use_button.setVisible(not busy and self.trained is not None)
        self.curves.setVisible(bool(self.curves.events))

    def _add_labels(self) -> None:
        images = self.source.chosen_images()
        if not images:
            show_error("Open an image first: the labels are made to its size")
            return
        self.source.marks.value = add_examples(self.viewer, images[0])

    def train(self) -> None:
        """Start what the form describes."""
        try:
            request = read_request(self, World.of(self.viewer.dims))
        except ValueError as error:
            show_error(str(error))
            return
        self._begin(partial(request.start, partial(raise_if, self._cancelled)), "Preparing the pictures…")

    def _resume(self) -> None:
        self._begin(self._named.resume, "Going on…")

    def _begin(self, start: Callable[[], Training], words: str) -> None:
        self._cancelled.clear()
        self._starting, self.trained = True, None
        self.curves.show_events([])
        self.bar.setMaximum(0)
        self.status.setText(words)
        self._refresh()
        worker = background(start)
        worker.returned.connect(self._follow)
        worker.errored.connect(self._not_started)
        worker.start()

    def _not_started(self, error: Exception) -> None:
        self._starting = False
        self._settle("Cancelled; nothing was kept." if isinstance(error, Cancelled) else str(error))
        if not isinstance(error, Cancelled):
            show_error(str(error))

    def _follow(self, training: Training) -> None:
        self._starting = False
        self.model_name.value = training.name
        self.watch.follow(training)
        if self._cancelled.is_set():  # while the process was being started
            self.watch.stop()
        self.bar.setMaximum(0)
        self._refresh()

    def _cancel(self) -> None:
        self._cancelled.set()
        self.watch.stop()
        self.status.setText("Stopping…")

    def _moved(self, events: list[Event]) -> None:
        assert self.watch.training is not None
        self.curves.show_events(events)
        self.curves.setVisible(bool(events))
        if events:
            self.bar.setMaximum(events[-1].steps)
            self.bar.setValue(events[-1].step)
        if not self.watch.stopped:
            self.status.setText(describe(events, self.watch.training.last_words()))

    def _ended(self) -> None:
        training = self.watch.training
        assert training is not None
        if training.finished:
            self._offer(training)
        elif self.watch.stopped:
            self._settle(f"Stopped. {_kept(training)}")
        else:
            self._failed(training)

    def _failed(self, training: Training) -> None:
        text = failure(training)
        show_error(text)
        self._settle(f"{text}. {_kept(training)}")

    def _offer(self, training: Training) -> None:
        """Say how good the new classifier is, and offer it to the dock that draws."""
        text = result(training)
        background(training.tidy).start()
        self.trained = training
        self.model_name.value = free_name()
        self._settle(text)
        show_info(text)

    def _settle(self, words: str) -> None:
        self.bar.setMaximum(1)
        self.bar.setValue(0)
        self.status.setText(words)
        self._refresh()

    def _use(self) -> None:
        assert self.trained is not None
        open_dock(self.viewer, "Robust Synthesis").use_model(self.trained.folder)


def _kept(training: Training) -> str:
    if training.resumable:
        return "Resume goes on from the last checkpoint."
    background(training.discard).start()
    return "Nothing was kept."


def _set(flag: Flag, _: Any = None) -> None:
    flag.set()
