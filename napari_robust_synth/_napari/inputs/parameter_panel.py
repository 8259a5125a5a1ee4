"""The rows of the dock's form that say how to work."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from magicgui.widgets import ComboBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFormLayout, QLabel

from napari_robust_synth._napari.window.form import explain, parameter_widgets, whole_number
from napari_robust_synth._napari.window.memory import Memory
from napari_robust_synth.tasks.base import Task
from napari_robust_synth.tasks.inputs import LIVE

PRESET_TIP = "Settings to start from; choose it again to go back to them"


class ParameterPanel(QObject):
    """Preset, the task's parameters, seed and working size.

    Parameters
    ----------
    form : QFormLayout
        Gets a row for each.
    """

    parameter_changed = Signal(str, object)
    kept = Signal()

    def __init__(self, form: QFormLayout) -> None:
        super().__init__()
        self.form = form
        self.preset = ComboBox(choices=("default", "paper"), tooltip=PRESET_TIP)
        self.seed = whole_number(0, 2**31 - 1, tooltip="The same seed gives the same pixels")
        self.working_size = whole_number(32, 1024, tooltip="Side in pixels at which the classifier sees the region")
        self.form.addRow("Preset", self.preset.native)
        self.form.addRow("Seed", self.seed.native)
        self.form.addRow("Working size", self.working_size.native)
        self.preset.changed.connect(lambda _: self.reset())
        self.preset.native.activated.connect(lambda _: self.reset())  # the same one, chosen again
        self.working_size.changed.connect(lambda value: self._keep("working_size", value))
        self._kept: dict[str, Any] = {}
        self.widgets: dict[str, ValueWidget[Any]] = {}
        self._task: type[Task]
        self._size: int

    def remember(self, memory: Memory) -> None:
        """Set preset, seed and the tasks' parameters as they were last, and remember what follows."""
        kept = memory.values.get("parameters")
        self._kept = kept if isinstance(kept, dict) else {}
        with self.preset.changed.blocked():
            memory.follow("preset", self.preset)
        memory.follow("seed", self.seed)
        self.kept.connect(lambda: memory.put("parameters", self._kept))

    def reset(self) -> None:
        """Go back to the preset's values."""
        self._kept.pop(self._key, None)
        self.kept.emit()
        self.show_task(self._task, self._size)

    @property
    def _key(self) -> str:
        return f"{self._task.name}, {self.preset.value}"

    def _changes(self) -> dict[str, Any]:
        """Return what was changed from the preset."""
        changes = self._kept.get(self._key)
        return changes if isinstance(changes, dict) else {}

    def _keep(self, name: str, value: Any) -> None:
        self._kept[self._key] = self._changes() | {name: value}
        self.kept.emit()

    def _last(self) -> Task:
        """Make the task with its last values; those that it can't take are left out."""
        task = self._task.preset(self.preset.value)
        for name, value in self._changes().items():
            with suppress(TypeError, ValueError):
                task = replace(task, **{name: value})
        return task

    def _show_size(self) -> None:
        with self.working_size.changed.blocked():
            self.working_size.value = self._task.working_size(self._size)
            with suppress(TypeError, ValueError):
                self.working_size.value = self._changes().get("working_size", self.working_size.value)

    def show_task(self, task: type[Task], size: int) -> None:
        """Show a task's parameters with the values they had last, or the preset's; ``size`` is the classifier's."""
        self._task, self._size = task, size
        self._show_size()
        for widget in self.widgets.values():
            self.form.removeRow(widget.native)
        self.widgets = parameter_widgets(self._last())
        below = self.form.getWidgetPosition(self.preset.native)[0] + 1
        for row, (name, widget) in enumerate(self.widgets.items(), start=below):
            words = QLabel(widget.label)
            words.setToolTip(widget.tooltip)
            self.form.insertRow(row, words, widget.native)
            explain(widget)
            widget.changed.connect(lambda value, name=name: self._keep(name, value))
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
