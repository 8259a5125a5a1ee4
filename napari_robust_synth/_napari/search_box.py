"""A list that is searched by typing."""

from __future__ import annotations

from qtpy.QtCore import Qt
from superqt import QSearchableComboBox


class SearchBox(QSearchableComboBox):
    """What is found is listed in napari's theme; Qt's list of it has no parent to take a style from."""

    def __init__(self) -> None:
        super().__init__()
        found = self.completer_object.popup()
        assert found is not None
        found.setParent(self, Qt.WindowType.Popup)

    def show_beginning(self) -> None:
        """Show a text that is longer than the box from its first letter."""
        if (line := self.lineEdit()) is not None:
            line.setCursorPosition(0)
