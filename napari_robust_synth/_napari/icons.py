"""Pictures in lists."""

from __future__ import annotations

from qtpy.QtGui import QIcon, QPixmap


def untinted(picture: QPixmap) -> QIcon:
    """Return an icon that looks the same when it is selected, which Qt would tint."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon
