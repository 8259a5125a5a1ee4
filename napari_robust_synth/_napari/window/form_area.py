"""The part of a dock that scrolls."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtWidgets import QScrollArea, QWidget

from napari_robust_synth._napari.window.keyboard import order_tabs


class FormArea(QScrollArea):
    """Scrolls up and down, and is always as wide as what it holds.

    Parameters
    ----------
    form : QWidget
        What it holds.
    """

    def __init__(self, form: QWidget) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(form)
        form.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Ask for another width when the form's rows or their look have changed."""
        if event is not None and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.StyleChange):
            self.updateGeometry()
            order_tabs(self.parentWidget() or self)
        return bool(super().eventFilter(watched, event))

    def minimumSizeHint(self) -> QSize:
        """Ask for the width of the form and the scroll bar."""
        size: QSize = super().minimumSizeHint()
        form, bar = self.widget(), self.verticalScrollBar()
        if form is not None and bar is not None:
            size.setWidth(
                max(size.width(), form.minimumSizeHint().width() + bar.sizeHint().width() + 2 * self.frameWidth())
            )
        return size
