"""One label of a palette in the form: its colour, what it should become, and how strongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qtpy.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QColor, QIcon, QPainter, QPalette
from qtpy.QtWidgets import QComboBox, QDoubleSpinBox, QToolButton

from napari_robust_synth._napari.window.icons import square
from napari_robust_synth._napari.window.search_box import SearchBox
from napari_robust_synth.tasks.inputs import class_index
from napari_robust_synth.tasks.targets import MAX_STRENGTH, Target

SWATCH, FRAME, BUTTONS = 16, 2, 68
LISTED = "features "


def listed(features: Sequence[int], class_names: Sequence[str]) -> str:
    """Return numbers of features as a row shows them; a class may have such a name."""
    numbers = ", ".join(map(str, features))
    return f"{LISTED}{numbers}" if numbers in class_names else numbers


def numbers_in(text: str) -> tuple[int, ...]:
    """Return the numbers of features that a text lists; none where it is something else."""
    parts = [part.strip() for part in text.removeprefix(LISTED).split(",")]
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


class StrengthBox(QDoubleSpinBox):
    """As wide as its number and buttons in the font of the theme; napari's style leaves the buttons out."""

    def event(self, event: QEvent | None) -> bool:
        """Follow the font."""
        done = bool(super().event(event))
        if event is not None and event.type() in (QEvent.Type.Polish, QEvent.Type.FontChange):
            self.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.text()) + BUTTONS)
        return done


class PaletteRow(QObject):
    """Swatch, class or features, strength.

    Parameters
    ----------
    label : int
        Of which label.
    class_names : sequence of str
        What it may become.
    features : mapping
        What else: names of features, and their numbers. It may grow.
    """

    changed = Signal()
    chosen = Signal(int)

    def __init__(self, label: int, class_names: Sequence[str], features: Mapping[str, tuple[int, ...]]) -> None:
        super().__init__()
        self.label, self.swatch, self.name = label, QToolButton(), SearchBox()
        self.strength = StrengthBox()
        self.swatch.setText(str(label))
        self.swatch.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.swatch.setIconSize(QSize(SWATCH, SWATCH))
        self.swatch.setToolTip(f"Paint with label {label}")
        for part, words in ((self.swatch, "paint with it"), (self.name, "class"), (self.strength, "strength")):
            part.setAccessibleName(f"Label {label}, {words}")
        self.name.setToolTip(
            "What the region should become: type to search the classes, or numbers of features: 12, 305"
        )
        self.name.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.name.setMinimumContentsLength(8)
        self.strength.setRange(0, MAX_STRENGTH)
        self.strength.setSingleStep(0.25)
        self.strength.setPrefix("× ")
        self.strength.setKeyboardTracking(False)
        self.strength.setToolTip("How far this region may go, times what Strength (eps) says")
        self.strength.setValue(1)
        self._names: tuple[str, ...] = ()
        self._features, self.given = features, False
        self.offer(class_names)
        self._known = self.target()
        self.swatch.clicked.connect(lambda: self.chosen.emit(self.label))
        typing = self.name.lineEdit()
        assert typing is not None
        typing.editingFinished.connect(self.settle)
        self.name.activated.connect(lambda _: self.settle())
        self.strength.valueChanged.connect(lambda _: self.settle())

    def offer(self, class_names: Sequence[str]) -> None:
        """Offer the classes of a classifier; what was chosen stays when it is among them, or is features."""
        if tuple(class_names) == self._names:
            return
        text, self._names = self.name.currentText(), tuple(class_names)
        with QSignalBlocker(self.name):
            self.name.clear()
            for name in (*class_names, *self._features):
                self.name.addItem(name)  # type: ignore[no-untyped-call]
            if self.takes(text) or (text and self.given):  # a class that is lacking is said to be, and not replaced
                self.name.setCurrentText(text)
            elif class_names:
                self.name.setCurrentIndex((self.label - 1) * 7 % len(class_names))
        self.name.show_beginning()

    def takes(self, text: str) -> bool:
        """Say whether a text is a class, features, or the name of some."""
        return text in self._names or text in self._features or bool(numbers_in(text))

    def offer_features(self) -> None:
        """Offer the names of features that are new."""
        for name in self._features:
            if self.name.findText(name) < 0:
                with QSignalBlocker(self.name):
                    self.name.addItem(name)  # type: ignore[no-untyped-call]

    def forget_features(self) -> None:
        """Take the names of features back; one that is chosen becomes numbers."""
        with QSignalBlocker(self.name):
            text = self.name.currentText()
            for name in self._features:
                self.name.removeItem(self.name.findText(name))
            self.name.setCurrentText(listed(self._features[text], self._names) if text in self._features else text)
        self.name.show_beginning()

    def colour(self, rgba: Sequence[float] | None, *, selected: bool = False) -> None:
        """Show the label's colour, four numbers from 0 to 1; the one that is painted with has a frame."""
        colour = QColor.fromRgbF(*(float(part) for part in (rgba if rgba is not None else (0, 0, 0, 0))))
        pixmap = square(SWATCH)
        pixmap.fill(self.swatch.palette().color(QPalette.ColorRole.ButtonText) if selected else colour)
        painter = QPainter(pixmap)
        painter.fillRect(FRAME, FRAME, SWATCH - 2 * FRAME, SWATCH - 2 * FRAME, colour)
        painter.end()
        self.swatch.setIcon(QIcon(pixmap))

    def target(self) -> Target | str:
        """Return what the row asks for, or what is wrong with it in one line."""
        text = self.name.currentText().strip()
        features = self._features.get(text) or (() if text in self._names else numbers_in(text))
        try:
            if features:
                return Target(features=features, strength=self.strength.value())
            return Target(label=self._names[class_index(self._names, text)], strength=self.strength.value())
        except ValueError as error:
            wrong = f"{text!r} is no list of features such as 12, 305" if text[:1].isdigit() else str(error)
            return f"Label {self.label}: {wrong}"

    def written(self) -> list[Any]:
        """Return what it was given, in plain JSON types: a text, features, a strength."""
        target = self.target()
        return [self.name.currentText(), list(getattr(target, "features", ())), self.strength.value()]

    def settle(self) -> None:
        """Finish a class that was typed in part, and tell when something is new."""
        typed = self.name.currentText().strip().lower()
        fitting = [name for name in (*self._names, *self._features) if name.lower().startswith(typed)]
        if typed and len(fitting) == 1 and self.name.currentText() != fitting[0]:
            with QSignalBlocker(self.name):
                self.name.setCurrentText(fitting[0])
        self.name.show_beginning()
        if (now := self.target()) != self._known:
            self._known, self.given = now, True
            self.changed.emit()
