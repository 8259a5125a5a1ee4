"""The list of edits, with branches beneath what they branch from."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import QSize, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QIcon
from qtpy.QtWidgets import QTreeWidget, QTreeWidgetItem

from napari_robust_synth._napari.window.icons import pixmap, untinted
from napari_robust_synth.history.edit import THUMBNAIL_SIDE, Entry
from napari_robust_synth.history.tree import History

NUMBER = Qt.ItemDataRole.UserRole


class HistoryList(QTreeWidget):
    """The edits of a picture, oldest on top; the signal ``chosen`` comes with the number of the one clicked."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setIconSize(QSize(THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        self.setIndentation(16)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(0, NUMBER)))
        self.itemActivated.connect(lambda item: self.chosen.emit(item.data(0, NUMBER)))
        self._shown: History | None = None

    def show_history(self, history: History | None) -> None:
        """Show the edits of a history."""
        if history is self._shown:
            return
        self._shown = history
        self.clear()
        if history is not None:
            root = self.invisibleRootItem()
            assert root is not None
            self._line(history, history.root, root, set(history.path(history.current)))
            self.expandAll()

    def _line(self, history: History, number: int, above: QTreeWidgetItem, path: set[int]) -> None:
        """List an edit and what was made of it first, and so on; later branches lie beneath their edit."""
        line: int | None = number
        while line is not None:
            item = _item(history.entries[line], undone=line not in path)
            above.addChild(item)
            if line == history.current:
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
                self.setCurrentItem(item)
                self.scrollToItem(item)
            made = history.children(line)
            for branch in made[1:]:
                self._line(history, branch, item, path)
            line = made[0] if made else None


def _item(entry: Entry, *, undone: bool) -> QTreeWidgetItem:
    item = QTreeWidgetItem([f"{entry.title}\n{entry.time:%H:%M:%S}" if entry.patch else entry.title])
    item.setIcon(0, icon(entry.thumbnail))
    item.setData(0, NUMBER, entry.number)
    item.setToolTip(
        0, f"{entry.title}, {entry.time:%d %B %Y, %H:%M:%S}" + (" (not in what is shown)" if undone else "")
    )
    if undone:
        font = item.font(0)
        font.setItalic(True)
        item.setFont(0, font)
    return item


def icon(thumbnail: np.ndarray) -> QIcon:
    """Return a thumbnail (h, w, 3) as an icon."""
    return untinted(pixmap(thumbnail, THUMBNAIL_SIDE))
