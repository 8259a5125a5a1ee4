"""How much of an image a run is about: what is shown, all slices of an axis, or three channels as a colour picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from napari.layers import Image
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from napari_robust_synth._napari.layers.colours import of_axis, of_layers
from napari_robust_synth._napari.layers.offers import CHANNELS, LAYERS, SHOWN, Choice, channels_of, offers, usual
from napari_robust_synth._napari.layers.planes import Plane, read_plane
from napari_robust_synth._napari.layers.world import World

if TYPE_CHECKING:
    from napari.components import LayerList

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

    def __init__(self, layers: Callable[[], LayerList]) -> None:
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
        return self.choice.slices

    def follow(self, image: Image | None, *, slices: bool = True) -> None:
        """Offer what an image has, all slices if ``slices``, and keep to what is chosen while it is offered."""
        last, same = self.choice, image is self.image
        offered = [] if image is None else offers(image, self.layers())
        offered = [(choice, words) for choice, words in offered if slices or choice.slices is None]
        self.image = image
        if _values(self.kind) != [choice for choice, _ in offered] or not same:
            self.kind.blockSignals(True)
            self.kind.clear()
            for choice, words in offered:
                self.kind.addItem(words, choice)
            self.kind.setCurrentIndex(max([c for c, _ in offered].index(last) if last in dict(offered) else 0, 0))
            self.kind.blockSignals(False)
        self.setVisible(len(offered) > 1)
        self._choose()

    def plane(self, image: Image, world: World, *, all_slices: bool = False) -> Plane:
        """Describe what is chosen of an image; of all slices the one that is shown, or the first.

        Raises
        ------
        ValueError
            When there is none, or three channels are not three.
        """
        if all_slices and self.slices is not None:
            world = world.moved(image, self.slices, 0)
        chosen = [combo.currentData() for combo in self.colours]
        if self.choice.kind == CHANNELS and image is self.image:
            return of_axis(image, self.choice.axis, chosen, world)
        if self.choice.kind == LAYERS and image is self.image:
            return of_layers(chosen, world)
        return read_plane(image, world)

    def choose(self, choice: Choice, channels: Sequence[Any] = ()) -> None:
        """Choose what to work on, where that is offered, and what is red, green and blue."""
        _select(self.kind, choice)
        for combo, channel in zip(self.colours, channels, strict=False):
            _select(combo, channel)

    def _choose(self) -> None:
        channels = [] if self.image is None else channels_of(self.image, self.choice, self.layers())
        self.row.setVisible(bool(channels))
        for number, combo in enumerate(self.colours):
            if _values(combo) == [value for value, _ in channels]:
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


def _values(combo: QComboBox) -> list[Any]:
    return [combo.itemData(i) for i in range(combo.count())]


def _select(combo: QComboBox, value: Any) -> None:
    if value in (values := _values(combo)):
        combo.setCurrentIndex(values.index(value))
