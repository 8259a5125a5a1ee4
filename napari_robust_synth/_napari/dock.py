"""The dock "Robust Synthesis": choose a task, its inputs, and run it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from magicgui.widgets import ComboBox
from napari.utils.notifications import show_error
import napari.viewer
from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget
from superqt.utils import FunctionWorker

from napari_robust_synth._napari.layers import placement
from napari_robust_synth._napari.loading import warm_up
from napari_robust_synth._napari.panels import SELECTED_LABEL, InputPanel, ParameterPanel, align
from napari_robust_synth._napari.request import Request, mask_reader
from napari_robust_synth._napari.runner import Frame
from napari_robust_synth._napari.session import Session
from napari_robust_synth.models import ZOO, find_model
from napari_robust_synth.tasks import TASKS

LIVE = {"eps", "step_size", "keep"}


class SynthesisDock(QWidget):
    """One dock for all tasks; torch is imported in the background once it is open."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__()
        self.viewer = viewer
        self.session: Session | None = None
        self._build()
        self._connect()
        self._show_model()
        self.reset_choices()
        QTimer.singleShot(0, self._load)

    def _build(self) -> None:
        self.task = ComboBox(choices=[(name.replace("-", " ").capitalize(), name) for name in TASKS])
        self.model = ComboBox(choices=list(ZOO), tooltip="The robust classifier that everything is drawn with")
        self.device = ComboBox(choices=("auto", "cpu", "cuda", "mps"), tooltip="Where to compute")
        self.about, self.hint, self.status = QLabel(wordWrap=True), QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.inputs, self.parameters = InputPanel(lambda: self.viewer.layers), ParameterPanel()
        self.run_button, self.pause_button = QPushButton("Run"), QPushButton("Pause")
        self.stop_button, self.sample_button = QPushButton("Stop"), QPushButton("Open a sample for this task")
        self.bar = QProgressBar(textVisible=False)
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
        area = QScrollArea(widgetResizable=True, frameShape=QScrollArea.Shape.NoFrame)
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

    def _connect(self) -> None:
        self.task.changed.connect(lambda _: self._show_task())
        self.model.changed.connect(lambda _: (self._show_model(), self._load()))
        self.device.changed.connect(lambda _: self._load())
        self.inputs.changed.connect(self._refresh)
        self.inputs.mask_wanted.connect(self._add_mask)
        self.parameters.parameter_changed.connect(self._parameter_changed)
        self.run_button.clicked.connect(self.run)
        self.pause_button.clicked.connect(self._toggle_pause)
        self.stop_button.clicked.connect(self._stop)
        self.sample_button.clicked.connect(self._open_sample)

    def _show_model(self) -> None:
        card = find_model(self.model.value).card
        self._class_names = card.class_names
        self.parameters.size.value = card.size
        self._show_task()

    def _show_task(self) -> None:
        task = TASKS[self.task.value]
        self.about.setText((task.__doc__ or "").strip().splitlines()[0])
        self.parameters.show_task(task)
        self.inputs.show_task(task, self._class_names)
        align(*self._forms)

    def _load(self) -> None:
        self.status.setText("Loading the classifier in the background…")
        worker = FunctionWorker(partial(warm_up, self.model.value, self.device.value))
        worker.returned.connect(lambda device: self._say(f"{self.model.value} classifier ready on {device}"))
        worker.errored.connect(lambda error: self._say(f"The classifier is not available: {error}"))
        worker.start()

    def _say(self, text: str) -> None:
        if self.session is None:
            self.status.setText(text)

    def reset_choices(self, event: Any = None) -> None:
        """Follow the viewer's layers (napari calls this when they change)."""
        self.inputs.reset_choices()

    def missing(self) -> str:
        """Say what is still needed before a run; empty when nothing is."""
        task, inputs = TASKS[self.task.value], self.inputs
        needs_image = "image" in task.needs or self._widget_value("seeds") == "image"
        if needs_image and inputs.image.value is None:
            return "Open a picture first, or try a sample."
        if "mask" in task.needs and inputs.mask.value is None:
            return "Mark what may change: press + and paint on the picture."
        return ""

    def _widget_value(self, name: str) -> Any:
        widget = self.parameters.widgets.get(name)
        return None if widget is None else widget.value

    def _refresh(self) -> None:
        missing, running = self.missing(), self.session is not None
        self.hint.setText(missing)
        self.hint.setVisible(bool(missing))
        self.sample_button.setVisible(missing.startswith("Open"))
        self.run_button.setEnabled(not missing and not running)
        self.pause_button.setEnabled(running)
        self.stop_button.setEnabled(running)

    def _parameter_changed(self, name: str, value: Any) -> None:
        if self.session is not None and name in LIVE:
            self.session.change(**{name: value})
        self._refresh()

    def _add_mask(self) -> None:
        image = self.inputs.image.value
        if image is None:
            show_error("Choose an image first: the mask is made to its size")
            return
        shape = image.data.shape[:2]
        layer = self.viewer.add_labels(np.zeros(shape, np.uint8), name=f"{image.name} · mask", **placement(image))
        layer.brush_size = max(min(shape) // 10, 1)
        layer.mode = "paint"
        self.inputs.mask.value = layer

    def _open_sample(self) -> None:
        from napari_robust_synth.samples import SAMPLES

        name = next(s.name for s in SAMPLES.values() if s.task == self.task.value)
        self.viewer.open_sample("napari-robust-synth", name)

    def request(self) -> Request:
        """Read the form and the layers.

        Raises
        ------
        ValueError
            When a value or layer cannot be used.
        """
        inputs = self.inputs
        task = self.parameters.task()
        uses_image = "image" in task.needs or getattr(task, "seeds", "") == "image"
        image = inputs.image.value if uses_image else None
        mask = inputs.mask.value if "mask" in task.needs else None
        return Request(
            task=task,
            preset=self.parameters.preset.value,
            model=self.model.value,
            device=self.device.value,
            source=image,
            make_mask=mask_reader(mask, image, selected_only=inputs.region.value == SELECTED_LABEL),
            label=inputs.chosen_label,
            features=inputs.chosen_features(),
            seed=self.parameters.seed.value,
            size=self.parameters.size.value,
        )

    def run(self) -> None:
        """Start what the form describes."""
        try:
            request = self.request()
        except ValueError as error:
            show_error(str(error))
            return
        self.session = Session(self.viewer, request, self._on_frame, self._on_end)
        self.destroyed.connect(self.session.abandon)
        self.bar.setMaximum(0)
        self.status.setText("Starting…")
        self._refresh()
        self.session.start()

    def _on_frame(self, shown: Frame) -> None:
        self.bar.setMaximum(shown.steps)
        self.bar.setValue(shown.step)
        score = f"{shown.score} · " if shown.score else ""
        self.status.setText(f"{score}loss {shown.loss:.3g} · step {shown.step} of {shown.steps}")

    def _on_end(self) -> None:
        self.session = None
        self.bar.setMaximum(1)
        self.bar.setValue(0)
        self.pause_button.setText("Pause")
        self._refresh()

    def _toggle_pause(self) -> None:
        if self.session is not None:
            paused = self.pause_button.text() == "Resume"
            self.session.worker.resume() if paused else self.session.worker.pause()
            self.pause_button.setText("Pause" if paused else "Resume")

    def _stop(self) -> None:
        if self.session is not None:
            self.session.stop()
