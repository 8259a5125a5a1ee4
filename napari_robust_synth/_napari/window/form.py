"""A task's dataclass as magicgui widgets."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from magicgui.widgets import ComboBox, FloatSlider, Slider, SpinBox
from magicgui.widgets.bases import ValueWidget, Widget
from qtpy.QtWidgets import QWidget

from napari_robust_synth.tasks.base import Param, Task

LABELS = {"eps": "Strength (eps)", "keep": "Hold the rest", "n": "Pictures", "seeds": "Start from"}


def parameter_widgets(task: Task) -> dict[str, ValueWidget[Any]]:
    """Make one widget for each parameter, with its range, unit and help."""
    kinds = type(task).parameters()
    return {name: _widget(name, kind, param, getattr(task, name)) for name, (kind, param) in kinds.items()}


def whole_number(low: int, high: int, *, label: str = "", value: int | None = None, tooltip: str) -> SpinBox:
    """Make a box for a number that counts when it is typed to its end.

    By default superqt's box moves every digit into the range at once: 96 from 32 on would become 326.
    """
    box = SpinBox(label=label, min=low, max=high, value=low if value is None else value, tooltip=tooltip)
    box.native.setKeyboardTracking(False)
    return box


def explain(widget: Widget) -> None:
    """Give the parts of a widget its help and its name."""
    for part in widget.native.findChildren(QWidget):
        part.setToolTip(widget.tooltip)
        part.setAccessibleName(widget.label)


def _widget(name: str, kind: Any, param: Param, value: Any) -> ValueWidget[Any]:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    tooltip = param.help + (f" ({param.unit})" if param.unit else "")
    if get_origin(kind) is Literal:
        return ComboBox(name=name, label=label, choices=get_args(kind), value=value, tooltip=tooltip)
    low, high = param.low or 0.0, param.high or 1.0
    if kind is int:
        return Slider(name=name, label=label, min=low, max=high, value=value, tooltip=tooltip)
    return FloatSlider(name=name, label=label, min=low, max=high, step=low or high / 20, value=value, tooltip=tooltip)
