"""A dock without a mouse: Tab goes as the eye does, and keys run and stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from weakref import ref

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFormLayout, QGridLayout, QLayout, QPushButton, QScrollArea, QWidget

if TYPE_CHECKING:
    from napari_robust_synth._napari.view import DockView

RUN_KEY, STOP_KEY = "Control-Enter", "Control-Shift-Enter"
RUN_TIP, STOP_TIP = "Start (Ctrl+Enter)", "End after the step under way, and keep the result (Ctrl+Shift+Enter)"


def bind_run_keys(viewer: Any, dock: DockView) -> None:
    """Let keys press Run and Stop, wherever the focus is in the window, while the dock is open."""
    viewer = getattr(viewer, "__wrapped__", viewer)  # plugins get a proxy
    for key, name in ((RUN_KEY, "run_button"), (STOP_KEY, "stop_button")):
        viewer.bind_key(key, _presser(ref(dock), name), overwrite=True)


def _presser(dock: ref[DockView], name: str) -> Callable[[Any], None]:
    def press(_: Any) -> None:
        found = dock()
        if found is not None and found.parent() is not None:
            button: QPushButton = getattr(found, name)
            button.click()

    return press


def order_tabs(widget: QWidget) -> None:
    """Let Tab go through all that a widget holds from top to bottom, and from left to right."""
    controls = [part for part in _in_order(widget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for before, after in pairwise(controls):
        QWidget.setTabOrder(before, after)


def _in_order(widget: QWidget | None) -> Iterator[QWidget]:
    if widget is None:
        return
    if isinstance(widget, QScrollArea):
        yield from _in_order(widget.widget())
    elif (layout := widget.layout()) is not None:
        yield from _laid_out(layout)
    else:
        yield widget


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for part in sorted(_parts(layout), key=lambda part: _place(layout, layout.indexOf(part))):
        if isinstance(part, QLayout):
            yield from _laid_out(part)
        else:
            yield from _in_order(part)


def _parts(layout: QLayout) -> list[QWidget | QLayout]:
    """Return what a layout holds; not its items, as PySide6 takes what comes to the place of one for it."""
    parts: list[QWidget | QLayout] = [part for part in layout.children() if isinstance(part, QLayout)]
    holder = layout.parentWidget()
    if holder is not None:
        parts += holder.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [part for part in parts if layout.indexOf(part) >= 0]


def _place(layout: QLayout, index: int) -> tuple[Any, ...]:
    """Return row and column of an item; of a layout in one direction, its number."""
    if isinstance(layout, QGridLayout):
        row, column, *_ = layout.getItemPosition(index)
        return row, column
    if isinstance(layout, QFormLayout):
        row, role = layout.getItemPosition(index)
        return row, role == QFormLayout.ItemRole.FieldRole
    return (index,)
