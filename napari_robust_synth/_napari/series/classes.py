"""Which classes: a list to tick, with a search."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qtpy.QtCore import QSignalBlocker, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QGridLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QWidget

from napari_robust_synth._napari.series.series import MOST

FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable


class ClassList(QWidget):
    """Classes in the order in which the classifier has them; "All" and "None" are about those that the search shows."""

    chosen = Signal(list)
    """The names that are ticked, when somebody has ticked another one or none."""

    def __init__(self) -> None:
        super().__init__()
        self.search, self.list = QLineEdit(), QListWidget()
        self.search.setPlaceholderText("Search")
        self.search.setToolTip("Part of a class's name: only such classes are listed")
        self.list.setToolTip("Tick the classes to aim at")
        self.search.textChanged.connect(self._search)
        self.list.itemChanged.connect(lambda _: self.chosen.emit(self.ticked))
        self.all_button, self.none_button = QPushButton("All"), QPushButton("None")
        self.all_button.clicked.connect(lambda: self._tick(Qt.CheckState.Checked))
        self.none_button.clicked.connect(lambda: self._tick(Qt.CheckState.Unchecked))
        self.all_button.setToolTip("Tick all that are listed")
        self.none_button.setToolTip("Tick none of those that are listed")
        rows = QGridLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        for column, widget in enumerate((self.search, self.all_button, self.none_button)):
            rows.addWidget(widget, 0, column)
        rows.addWidget(self.list, 1, 0, 1, 3)
        for button in (self.all_button, self.none_button):
            button.setAutoDefault(False)
        self.setMaximumHeight(170)

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [item.text() for item in self._items()]

    @property
    def ticked(self) -> list[str]:
        """Those that are ticked."""
        return [item.text() for item in self._items() if item.checkState() == Qt.CheckState.Checked]

    def offer(self, names: Sequence[str], last: Collection[str] = ()) -> None:
        """List the classes of a classifier, ticked as they were last; for the first time all, where they are few."""
        if list(names) == self.names:
            return
        ticked = set(last).intersection(names) or set(names if len(names) <= MOST else ())
        with QSignalBlocker(self.list):
            self.list.clear()
            for name in names:
                item = QListWidgetItem(name, self.list)
                item.setFlags(FLAGS)
                item.setCheckState(Qt.CheckState.Checked if name in ticked else Qt.CheckState.Unchecked)
        self._search()

    def _items(self) -> list[QListWidgetItem]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item for item in items if item is not None]

    def _search(self) -> None:
        text = self.search.text().strip().lower()
        for item in self._items():
            item.setHidden(text not in item.text().lower())

    def _tick(self, state: Qt.CheckState) -> None:
        with QSignalBlocker(self.list):
            for item in self._items():
                if not item.isHidden():
                    item.setCheckState(state)
        self.chosen.emit(self.ticked)
