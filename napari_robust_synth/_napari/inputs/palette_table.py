"""The palette in the form: a row for each label of a Labels layer, and the live brush's button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from napari.layers import Labels
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_robust_synth._napari.inputs.palette_row import PaletteRow
from napari_robust_synth._napari.inputs.palette_rows import PaletteRows
from napari_robust_synth._napari.layers.painted_labels import PaintedLabels
from napari_robust_synth.tasks.targets import MAX_LABELS, Target

EMPTY = "Each label you paint gets a row here: what its region should become."
TOO_MANY = f"A palette has {MAX_LABELS} labels at most, and more are painted here: erase some of them."
NO_TARGET = "Paint a region, and say in its row what it should become."


class PaletteTable(QWidget):
    """Rows follow the labels of a layer as they are painted, and the label that is selected."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, PaletteRow] = {}
        self.all_rows = PaletteRows()
        self.all_rows.changed.connect(self.changed)
        self.all_rows.chosen.connect(self._choose)
        self.painted = PaintedLabels(self)
        self.painted.changed.connect(self._show)
        self._too_many = ""
        self._brushes: WeakKeyDictionary[Labels, set[int]] = WeakKeyDictionary()
        self._grid, self._empty, self.live = QGridLayout(), QLabel(EMPTY), QPushButton("Live brush")
        self.browse = QPushButton("Features…")
        self._empty.setWordWrap(True)
        self._grid.setColumnStretch(1, 1)
        self.live.setCheckable(True)
        self.live.setToolTip("While this is on, what you paint evolves at once; Stop keeps the result")
        self.browse.setToolTip("See what the features look like, and give some to the selected label")
        buttons, inside = QHBoxLayout(), QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._empty)
        inside.addLayout(self._grid)
        inside.addLayout(buttons)
        for button in (self.live, self.browse):
            buttons.addWidget(button)

    @property
    def layer(self) -> Labels | None:
        """The layer whose labels are the rows."""
        return self.painted.layer

    def follow(self, layer: Any) -> None:
        """Show the labels of a layer, in the slice that is shown; of none when it is no Labels layer of one scale."""
        layer = layer if isinstance(layer, Labels) and not layer.multiscale else None
        if layer is self.layer:
            return
        if self.layer is not None:
            self.layer.events.selected_label.disconnect(self._show)
            self.layer.events.colormap.disconnect(self._show)
        self.painted.follow(layer)
        if layer is not None:
            layer.events.selected_label.connect(self._show)
            layer.events.colormap.connect(self._show)
        self._show()

    def targets(self, *, all_slices: bool = False) -> dict[int, Target]:
        """Return what the rows ask for, also those of slices seen before; a row that can't be used is left out.

        While the labels are still being looked at, the rows that are shown may be those of another slice.
        """
        rows = self.all_rows.kept if all_slices or not self.painted.looked else self.rows
        found = {label: rows[label].target() for label in sorted(rows)}
        return {label: target for label, target in found.items() if isinstance(target, Target)}

    def lacking(self) -> str:
        """Say what is wrong with the rows, or missing; empty when nothing is."""
        wrong = [text for row in self.rows.values() if isinstance(text := row.target(), str)]
        return wrong[0] if wrong else self._too_many if self.rows else NO_TARGET

    def set_row(self, label: int, name: str, strength: float = 1.0) -> None:
        """Fill a row, also one whose label is not painted yet; a class that is not offered changes nothing."""
        self.all_rows.fill(label, name, strength)

    def use(self, components: Sequence[int], name: str = "") -> int:
        """Give features, which may have a name, to the label that is selected; returns which it is.

        Raises
        ------
        ValueError
            When none is.
        """
        label = 0 if self.layer is None else int(self.layer.selected_label)
        if label <= 0:
            raise ValueError("no label is selected to give features to: press + or choose a label, then use them")
        self.all_rows.give(label, components, name)
        return label

    def add_brush(self, components: Sequence[int], name: str = "", *, empty: bool = False) -> int:
        """Give features to a label that nothing is painted with, and choose it to paint with; returns which it is.

        Raises
        ------
        ValueError
            When it is not known yet what is painted, unless the layer is known to be empty.
        """
        assert self.layer is not None
        if not self.painted.looked and not empty:
            raise ValueError("the labels are still being looked at: make the brush again in a moment")
        label = self.all_rows.free(self.painted.there)
        self.all_rows.give(label, components, name)
        self._brushes.setdefault(self.layer, set()).add(label)
        self._choose(label)
        self._show()
        return label

    def _show(self, event: Any = None) -> None:
        layer, there, before = self.layer, self.painted.there, (set(self.rows), self._too_many)
        wanted = set() if layer is None else there | self._brushes.get(layer, set()) | {int(layer.selected_label)}
        shown = sorted(wanted - {0})[:MAX_LABELS]
        self._too_many = TOO_MANY if len(there - set(shown)) else ""
        self.rows = {label: self.all_rows.of(label) for label in shown}
        self._empty.setVisible(not self.rows)
        for row in self.all_rows.kept.values():
            for column, widget in enumerate((row.swatch, row.name, row.strength)):
                self._grid.removeWidget(widget)
                if row.label in self.rows:
                    self._grid.addWidget(widget, list(self.rows).index(row.label), column)
                widget.setVisible(row.label in self.rows)
        for label, row in self.rows.items():
            selected = layer is not None and label == layer.selected_label
            row.colour(None if layer is None else layer.get_color(label), selected=selected)
        if (set(self.rows), self._too_many) != before:
            self.changed.emit()

    def _choose(self, label: int) -> None:
        if self.layer is not None:
            self.layer.selected_label = label
            self.layer.mode = "paint"
