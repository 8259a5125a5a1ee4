"""Lists of layers that show a long name with … in its middle, where Qt cuts it off."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter


class Eliding(QObject):
    """Paints a list in its stead; it belongs to that list."""

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo)
        combo.installEventFilter(self)

    def eventFilter(self, combo: QObject | None, event: QEvent | None) -> bool:
        """Paint a list with the text that it has room for."""
        if event is None or event.type() != QEvent.Type.Paint or not isinstance(combo, QComboBox):
            return False
        option = QStyleOptionComboBox()
        combo.initStyleOption(option)
        style = combo.style()
        assert style is not None
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, combo).width()
        painter = QStylePainter(combo)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = shortened(combo, option.currentText or "", room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        return True


def shortened(combo: QComboBox, text: str, room: int) -> str:
    """Return a text as it fits into so many pixels of a list."""
    return combo.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
