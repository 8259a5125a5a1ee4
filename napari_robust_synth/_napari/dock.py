"""The dock "Robust Synthesis": choose a task, its inputs, and run it."""

from __future__ import annotations

from functools import partial
from typing import Any

import napari.viewer
from napari.utils.notifications import show_error
from qtpy.QtCore import QCoreApplication, QEvent, QThreadPool
from superqt.utils import WorkerBase

from napari_robust_synth._napari.inputs.last_values import remember_drawing
from napari_robust_synth._napari.inputs.reading import NO_IMAGE, missing, new_mask
from napari_robust_synth._napari.live.brush import LiveBrush
from napari_robust_synth._napari.recipes.button import add_recipe_button
from napari_robust_synth._napari.running.runner import Frame
from napari_robust_synth._napari.running.session import Session, abandon_all
from napari_robust_synth._napari.suggestion import follow
from napari_robust_synth._napari.window.keyboard import bind_run_keys
from napari_robust_synth._napari.window.listening import listen
from napari_robust_synth._napari.window.progress import move_bar
from napari_robust_synth._napari.window.soon import soon
from napari_robust_synth._napari.with_model import DockWithModel
from napari_robust_synth.tasks.inputs import LIVE

PLUGIN = "napari-robust-synth"
WORKERS = 16
"""Runs that are paused and brushes that rest keep a thread each; napari has as many as there are cores."""


class SynthesisDock(DockWithModel):
    """One dock for all tasks; torch is imported in the background once it is open."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(lambda: viewer.layers)
        self.viewer = viewer
        self._sessions: list[Session] = []
        self.destroyed.connect(partial(abandon_all, self._sessions))
        if (pool := QThreadPool.globalInstance()) is not None:
            pool.setMaxThreadCount(max(pool.maxThreadCount(), WORKERS))
        self.history.follow(viewer, self.inputs.image_layer)
        remember_drawing(self)
        self.live_brush = LiveBrush(self)
        self.recipe_button = add_recipe_button(self)
        self._connect()
        bind_run_keys(viewer, self)
        self._show_model()
        self.reset_choices()
        soon(self, self._load)

    @property
    def session(self) -> Session | None:
        """The run under way."""
        return self._sessions[0] if self._sessions else None

    def _connect(self) -> None:
        self.task.changed.connect(lambda _: self._show_task())
        self.model.changed.connect(lambda _: self._show_model())
        self.model.changed.connect(lambda _: self._load())
        self.device.changed.connect(lambda _: self._load())
        self.inputs.changed.connect(self._refresh)
        self.inputs.aimed.connect(self._aimed)
        self.inputs.mask_wanted.connect(self._add_mask)
        self.parameters.parameter_changed.connect(self._parameter_changed)
        self.run_button.clicked.connect(self.run)
        self.pause_button.clicked.connect(self._toggle_pause)
        self.stop_button.clicked.connect(self._stop)
        self.sample_button.clicked.connect(lambda: self.open_sample())
        listen(self, self.viewer.layers.events.inserted, self._follow)
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(WorkerBase.await_workers)  # Qt must not go before the thread that imports torch

    def reset_choices(self, event: Any = None) -> None:
        """Follow the viewer's layers; napari calls this."""
        self.inputs.reset_choices()

    def _refresh(self) -> None:
        lacking, running = missing(self), self.session is not None
        self.hint.setText(lacking)
        self.hint.setVisible(bool(lacking))
        self.beginning.setVisible(lacking == NO_IMAGE)
        self.run_button.setEnabled(not lacking and not running)
        self.pause_button.setEnabled(running)
        self.stop_button.setEnabled(running)
        for fixed in (self.task, self.model, self.device):
            fixed.enabled = not running
        self.parameters.lock(running)
        self.inputs.lock(running)
        self.live_brush.refresh(runnable=not lacking)
        self.history.offer_frames(slices=self.inputs.scope.slices is not None, live=self.live_brush.on)
        if not running:
            self.status.refresh()

    def _parameter_changed(self, name: str, value: Any) -> None:
        if self.session is not None and name in LIVE:
            self.session.change(**{name: value})
        self._refresh()

    def _aimed(self) -> None:
        if self.session is None:
            return
        try:
            self.session.aim(self.inputs.aim())
        except ValueError as error:
            show_error(str(error))

    def _add_mask(self) -> None:
        if self.inputs.image_layer.value is None:
            show_error("Choose an image first: the mask is made to its size")
            return
        try:
            self.inputs.mask_layer.value = new_mask(self, self.viewer)
        except ValueError as error:
            show_error(str(error))

    def open_sample(self, name: str | None = None) -> None:
        """Open a sample, by default of the task chosen; the form follows."""
        from napari_robust_synth.samples import SAMPLES

        sample = SAMPLES[name or next(s.name for s in SAMPLES.values() if s.task == self.task.value)]
        self.viewer.open_sample(PLUGIN, sample.name)

    def _follow(self, event: Any) -> None:
        if self.session is None:
            follow(self, event.value)

    def run(self, *, kind: type[Session] = Session) -> None:
        """Start what the form describes; nothing happens while a run is under way."""
        if self.session is not None:
            return
        from napari_robust_synth._napari.stack.session import new_session

        try:
            session = new_session(self, kind)
        except ValueError as error:
            show_error(str(error))
            return
        self._sessions.append(session)
        self.bar.setMaximum(0)
        self.status.setText("Starting…")
        self._refresh()
        session.start()

    def _on_frame(self, shown: Frame) -> None:
        move_bar(self.bar, shown.step, shown.steps)
        score = f"{shown.score} · " if shown.score else ""
        self.status.setText(f"{score}loss {shown.loss:.3g} · step {shown.step} of {shown.steps}")

    def _on_end(self, verdict: str) -> None:
        self._sessions.clear()
        self.status.setText(verdict)
        move_bar(self.bar, 0, 1)
        self.pause_button.setText("Pause")
        self._refresh()

    def _toggle_pause(self) -> None:
        if self.session is not None:
            self.session.paused = not self.session.paused
            self.pause_button.setText("Resume" if self.session.paused else "Pause")

    def _stop(self) -> None:
        if self.session is not None:
            self.session.stop()

    def event(self, event: QEvent | None) -> bool:
        """End the run, and keep what it made, when the dock is closed."""
        if event is not None and event.type() == QEvent.Type.ParentChange and self.parent() is None:
            self._stop()
        return bool(super().event(event))
