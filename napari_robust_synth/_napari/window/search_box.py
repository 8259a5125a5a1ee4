"""A list that is searched by typing."""

from __future__ import annotations

from qtpy.QtCore import QEvent
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QWidget
from superqt import QSearchableComboBox


class SearchBox(QSearchableComboBox):
    """What is found is listed in napari's theme; Qt's list of it is a window of its own, which has no style."""

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take the theme's style."""
        self._style_found()
        super().showEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow to another theme."""
        if event is not None and event.type() == QEvent.Type.StyleChange and self.isVisible():
            self._style_found()
        super().changeEvent(event)

    def _style_found(self) -> None:
        found = self.completer_object.popup()
        if found is not None and found.styleSheet() != (sheet := _style_of(self)):
            found.setStyleSheet(sheet)

    def show_beginning(self) -> None:
        """Show a text that is longer than the box from its first letter."""
        if (line := self.lineEdit()) is not None:
            line.setCursorPosition(0)


def _style_of(widget: QWidget | None) -> str:
    """Return the sheet of the outermost widget that has one: of the main window, also for a dock that floats."""
    sheet = ""
    while widget is not None:
        sheet, widget = widget.styleSheet() or sheet, widget.parentWidget()
    return sheet
