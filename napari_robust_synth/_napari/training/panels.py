"""The rows of the train dock that say what to train on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from magicgui.types import FileDialogMode
from magicgui.widgets import ComboBox, FileEdit
from napari.layers import Image, Labels, Shapes
from qtpy.QtCore import QObject, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
)

from napari_robust_synth._napari.layers.crops import NEEDED, OBJECTS, TILES
from napari_robust_synth._napari.window.form import whole_number

LAYERS, FOLDER = "layers", "a folder"
KEY = Qt.ItemDataRole.UserRole
LIST_HEIGHT, TABLE_HEIGHT = 66, 140
FOLDER_TIP = "A folder with a folder of pictures for each class, or with trainA and trainB"
CLASSES_TIP = (
    "A Labels or Shapes layer that marks examples.\n"
    "Labels: each label is a class, and each connected region an object; or a feature column 'class' says the class of "
    "each label.\nShapes: a feature column 'class' says the class of each shape, or else its face colour does."
)
TABLE_TIP = "Click a name to change it; classes of the same name are one, and of layers one without a name is left out"
CUTTING_TIP = (
    "Around each object: one crop each, with a margin; specks below 4 px are left out.\n"
    "Tiles: squares side by side in large regions, such as textures."
)


class SourcePanel(QObject):
    """A folder, or image layers and a layer that marks examples in them; and the classes found.

    Parameters
    ----------
    form : QFormLayout
        Gets a row for each.
    layers : callable
        Returns the viewer's layers.
    """

    changed = Signal()
    marks_wanted = Signal()

    def __init__(self, form: QFormLayout, layers: Callable[[], Sequence[Any]]) -> None:
        super().__init__()
        self.form, self._layers = form, layers
        self._origin: tuple[Any, ...] = ()
        self.kind = ComboBox(choices=(LAYERS, FOLDER), tooltip="Where the pictures come from")
        self.folder = FileEdit(mode=FileDialogMode.EXISTING_DIRECTORY, tooltip=FOLDER_TIP)
        self.images = QListWidget()
        self.images.setMaximumHeight(LIST_HEIGHT)
        self.images.setToolTip("Image layers to cut crops from, with their contrast limits; of a stack the slice shown")
        self.marks = ComboBox(
            choices=lambda _: [x for x in layers() if isinstance(x, Labels | Shapes)],
            nullable=True,
            tooltip=CLASSES_TIP,
        )
        self.new_marks = QToolButton()
        self.new_marks.setText("+")
        self.new_marks.setToolTip("Add an empty Labels layer on the image, ready to paint")
        self.cutting = ComboBox(choices=(OBJECTS, TILES), tooltip=CUTTING_TIP)
        self.side = whole_number(16, 1024, value=64, tooltip="Side of a tile in pixels of the image")
        self.table = ClassTable()
        row = QHBoxLayout()
        row.addWidget(self.marks.native, 1)
        row.addWidget(self.new_marks)
        self._rows: dict[str, Any] = {
            "Train on": self.kind.native,
            "Folder": self.folder.native,
            "Images": self.images,
            "Examples": row,
            "Crops": self.cutting.native,
            "Tile size": self.side.native,
        }
        for text, widget in self._rows.items():
            form.addRow(text, widget)
        form.addRow(self.table)
        for chosen in (self.kind, self.folder, self.marks, self.cutting, self.side):
            chosen.changed.connect(lambda _: self._refresh())
        self.images.itemChanged.connect(lambda _: self.changed.emit())
        self.new_marks.clicked.connect(self.marks_wanted)

    def chosen_images(self) -> list[Image]:
        """Return the image layers that are ticked."""
        items = [self.images.item(i) for i in range(self.images.count())]
        return [item.data(KEY) for item in items if item is not None and item.checkState() == Qt.CheckState.Checked]

    def tick(self, layers: Iterable[Any]) -> None:
        """Tick these images and no others, and take the marks among them; what is missing stays as it is."""
        chosen = set(layers)
        items = [item for i in range(self.images.count()) if (item := self.images.item(i)) is not None]
        if any(item.data(KEY) in chosen for item in items):
            for item in items:
                item.setCheckState(Qt.CheckState.Checked if item.data(KEY) in chosen else Qt.CheckState.Unchecked)
        for layer in chosen.intersection(self.marks.choices):
            self.marks.value = layer

    def reset_choices(self) -> None:
        """Follow the viewer's layers; the first image is ticked by itself, and a single layer of marks chosen."""
        chosen = self.chosen_images()
        self.images.blockSignals(True)
        self.images.clear()
        for layer in self._layers():
            if isinstance(layer, Image):
                item = QListWidgetItem(layer.name)
                item.setData(KEY, layer)
                ticked = layer in chosen or (not chosen and not self.images.count())
                item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
                self.images.addItem(item)
        self.images.blockSignals(False)
        self.marks.reset_choices()
        candidates = [c for c in self.marks.choices if c is not None]
        if self.marks.value is None and len(candidates) == 1:
            self.marks.value = candidates[0]
        self._refresh()

    def _refresh(self) -> None:
        origin = (self.kind.value, self.chosen_folder, self.marks.value)
        if origin != self._origin:
            self._origin = origin
            self.table.forget()
        layers = self.kind.value == LAYERS
        for name in ("Images", "Examples", "Crops"):
            self.form.setRowVisible(self._rows[name], layers)
        self.form.setRowVisible(self.folder.native, not layers)
        self.form.setRowVisible(self.side.native, layers and self.cutting.value == TILES)
        self.changed.emit()

    @property
    def chosen_folder(self) -> Path | None:
        """The folder typed or chosen."""
        text = self.folder.line_edit.value.strip()
        return Path(text).expanduser().absolute() if text else None


class ClassTable(QTableWidget):
    """The classes that were found: colour and name, which can be changed, and how many crops each has."""

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.setHorizontalHeaderLabels(["Class", "Crops"])
        self.setToolTip(TABLE_TIP)
        self.setMaximumHeight(TABLE_HEIGHT)
        self.setMinimumHeight(TABLE_HEIGHT)
        if (rows := self.verticalHeader()) is not None:
            rows.hide()
        if (columns := self.horizontalHeader()) is not None:
            columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            columns.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._given: dict[str, str] = {}
        self._defaults: Mapping[str, str] = {}
        self.itemChanged.connect(lambda item: self._given.update({item.data(KEY): item.text()}))

    def forget(self) -> None:
        """Drop the names that the user gave: they were those of other classes."""
        self._given.clear()
        self.setRowCount(0)

    def show_counts(self, counts: Mapping[str, int], names: Mapping[str, str], colours: Mapping[str, str]) -> None:
        """Fill the table; keys keep the name that the user gave them."""
        self.blockSignals(True)
        if list(counts) != list(self.names()) or names != self._defaults:  # else a name may be being typed
            self._defaults = names
            self.setRowCount(len(counts))
            for row, key in enumerate(counts):
                self._show_class(row, key, self._given.get(key, names[key]), colours.get(key))
        for row, count in enumerate(counts.values()):
            number = QTableWidgetItem(f"{count}" if count >= NEEDED else f"{count} of {NEEDED}")
            number.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.setItem(row, 1, number)
        self.blockSignals(False)

    def _show_class(self, row: int, key: str, name: str, colour: str | None) -> None:
        item = QTableWidgetItem(name)
        item.setData(KEY, key)
        if colour is not None:
            item.setData(Qt.ItemDataRole.DecorationRole, QColor(colour))
        self.setItem(row, 0, item)

    def names(self) -> dict[str, str]:
        """Return the name shown for each key."""
        items = [self.item(row, 0) for row in range(self.rowCount())]
        return {item.data(KEY): item.text() for item in items if item is not None}
