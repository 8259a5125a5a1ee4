"""How much of an image a run is about: what is shown, all slices of an axis, or three channels as a colour picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from napari.layers import Image
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from napari_robust_synth._napari.colours import of_axis, of_layers
from napari_robust_synth._napari.offers import ALL, CHANNELS, LAYERS, SHOWN, Choice, channels_of, offers, usual
from napari_robust_synth._napari.planes import Plane, read_plane

COLOURS = ("Red", "Green", "Blue")


class Scope(QWidget):
    """A list of choices that an image offers, seen where there are several; and which channels are red, green and blue.

    Parameters
    ----------
    layers : callable
        Returns the viewer's layers.
    """

    changed = Signal()
    image: Image | None

    def __init__(self, layers: Callable[[], Sequence[Any]]) -> None:
        super().__init__()
        self.layers, self.image = layers, None
        self.kind, self.colours = QComboBox(), tuple(QComboBox() for _ in COLOURS)
        self.kind.setAccessibleName("Slices and channels")
        self.kind.setToolTip("The slice that is shown, all slices one after the other, or three channels at once")
        self.row, rows, column = QWidget(), QVBoxLayout(self), QHBoxLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        column.setContentsMargins(0, 0, 0, 0)
        self.row.setLayout(column)
        for combo, colour in zip(self.colours, COLOURS, strict=True):
            combo.setAccessibleName(colour)
            combo.setToolTip(f"What is {colour.lower()}; its contrast limits are black and full {colour.lower()}")
            combo.currentIndexChanged.connect(lambda _: self.changed.emit())
            column.addWidget(combo, 1)
        rows.addWidget(self.kind)
        rows.addWidget(self.row)
        self.kind.currentIndexChanged.connect(lambda _: self._choose())
        self.hide()

    @property
    def choice(self) -> Choice:
        """What is chosen."""
        return self.kind.currentData() or Choice(SHOWN)

    @property
    def slices(self) -> int | None:
        """The axis of which all slices are worked on, if so."""
        return self.choice.axis if self.choice.kind == ALL else None

    def choose(self, choice: Choice) -> None:
        """Choose what to work on, where the image offers that."""
        offered = [self.kind.itemData(i) for i in range(self.kind.count())]
        if choice in offered:
            self.kind.setCurrentIndex(offered.index(choice))

    def follow(self, image: Image | None) -> None:
        """Offer what an image has, and keep to what is chosen where that is still offered."""
        last, same = self.choice, image is self.image
        self.image, offered = image, [] if image is None else offers(image, self.layers())
        if [self.kind.itemData(i) for i in range(self.kind.count())] != [choice for choice, _ in offered] or not same:
            self.kind.blockSignals(True)
            self.kind.clear()
            for choice, words in offered:
                self.kind.addItem(words, choice)
            self.kind.setCurrentIndex(max([c for c, _ in offered].index(last) if last in dict(offered) else 0, 0))
            self.kind.blockSignals(False)
        self.setVisible(len(offered) > 1)
        self._choose()

    def plane(self, image: Image, point: Sequence[float], *, all_slices: bool = False) -> Plane:
        """Describe what is chosen of an image at a world point; of all slices the one there, or the first.

        Raises
        ------
        ValueError
            When there is none, or three channels are not three.
        """
        if self.choice.kind == CHANNELS and image is self.image:
            return of_axis(image, self.choice.axis, [combo.currentData() for combo in self.colours], point)
        if self.choice.kind == LAYERS and image is self.image:
            return of_layers([combo.currentData() for combo in self.colours], point)
        if all_slices and self.slices is not None:
            position = np.array(image.world_to_data(np.asarray(point)[-image.ndim :]), float)
            position[self.slices] = 0
            return read_plane(image, image.data_to_world(position))
        return read_plane(image, point)

    def _choose(self) -> None:
        channels = [] if self.image is None else channels_of(self.image, self.choice, self.layers())
        self.row.setVisible(bool(channels))
        for number, combo in enumerate(self.colours):
            if [combo.itemData(i) for i in range(combo.count())] == [value for value, _ in channels]:
                for i, (_, words) in enumerate(channels):
                    combo.setItemText(i, words)
                continue
            combo.blockSignals(True)
            last = combo.currentData()
            combo.clear()
            for value, words in channels:
                combo.addItem(words, value)
            values = [value for value, _ in channels]
            combo.setCurrentIndex(values.index(last) if last in values else usual(channels, number))
            combo.blockSignals(False)
        self.changed.emit()
