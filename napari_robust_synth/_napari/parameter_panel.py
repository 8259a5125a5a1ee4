"""The rows of the dock's form that say how to work."""

from __future__ import annotations

from typing import Any

from magicgui.widgets import ComboBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFormLayout, QLabel

from napari_robust_synth._napari.form import parameter_widgets, whole_number
from napari_robust_synth.tasks.base import Task
from napari_robust_synth.tasks.inputs import LIVE


class ParameterPanel(QObject):
    """Preset, the task's parameters, seed and working size.

    Parameters
    ----------
    form : QFormLayout
        Gets a row for each.
    """

    parameter_changed = Signal(str, object)

    def __init__(self, form: QFormLayout) -> None:
        super().__init__()
        self.form = form
        self.preset = ComboBox(choices=("default", "paper"), tooltip="Settings to start from")
        self.seed = whole_number(0, 2**31 - 1, tooltip="The same seed gives the same pixels")
        self.working_size = whole_number(32, 1024, tooltip="Side in pixels at which the classifier sees the region")
        self.form.addRow("Preset", self.preset.native)
        self.form.addRow("Seed", self.seed.native)
        self.form.addRow("Working size", self.working_size.native)
        self.preset.changed.connect(lambda preset: self.show_task(self._task, preset))
        self.widgets: dict[str, ValueWidget[Any]] = {}
        self._task: type[Task]

    def show_task(self, task: type[Task], preset: str | None = None) -> None:
        """Show a task's parameters with a preset's values."""
        self._task = task
        for widget in self.widgets.values():
            self.form.removeRow(widget.native)
        self.widgets = parameter_widgets(task.preset(preset or self.preset.value))
        below = self.form.getWidgetPosition(self.preset.native)[0] + 1
        for row, (name, widget) in enumerate(self.widgets.items(), start=below):
            words = QLabel(widget.label)
            words.setToolTip(widget.tooltip)
            self.form.insertRow(row, words, widget.native)
            widget.changed.connect(lambda value, name=name: self.parameter_changed.emit(name, value))

    def lock(self, running: bool) -> None:
        """While a run is under way, let only that be changed which it can follow."""
        for name, widget in self.widgets.items():
            widget.enabled = name in LIVE or not running
        for fixed in (self.preset, self.seed, self.working_size):
            fixed.enabled = not running

    def task(self) -> Task:
        """Make the task with the values shown."""
        return self._task(**{name: widget.value for name, widget in self.widgets.items()})
