"""The rows of a palette, and what they may be given: classes, and features by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import Any

from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.inputs.palette_row import PaletteRow, listed
from napari_robust_synth._napari.models.choice import ModelChoice
from napari_robust_synth._napari.window.memory import Memory
from napari_robust_synth.features.names import Group, Names, called, group
from napari_robust_synth.tasks.targets import Target


class PaletteRows(QObject):
    """A row for each label that was seen so far: one that is erased and painted again keeps what it was given."""

    changed = Signal()
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[int, PaletteRow] = {}
        self._names: Sequence[str] = ()
        self._features: dict[str, Group] = {}
        self._last: dict[str, Any] = {}

    @property
    def features(self) -> Mapping[str, Group]:
        """The features that have a name here, by that."""
        return self._features

    def of(self, label: int) -> PaletteRow:
        """Return the row of a label."""
        if label not in self.kept:
            row = self.kept[label] = PaletteRow(label, self._names, self._features)
            self._restore(row)
            row.changed.connect(self.changed)
            row.chosen.connect(self.chosen)
        return self.kept[label]

    def remember(self, memory: Memory, model: ModelChoice) -> None:
        """Fill rows as they were last with this classifier, once they are seen, and remember what follows."""
        match memory.values.get("palette"):
            case [dict(rows), str(then)] if then == model.value:
                self._last = rows

        def put() -> None:
            self._last |= {str(label): row.written() for label, row in self.kept.items() if row.given}
            memory.put("palette", [self._last, model.value])

        self.changed.connect(put)

    def _restore(self, row: PaletteRow) -> None:
        match self._last.get(str(row.label)):
            case [str(text), [*numbers], float(strength)] if all(isinstance(n, int) for n in numbers):
                text = self._text(group(numbers), text) if numbers else text
                row.offer_features()
                self.fill(row.label, text, strength)
        row.given = False

    def offer(self, class_names: Sequence[str]) -> None:
        """Offer the classes of a classifier."""
        self._names = tuple(class_names)
        for row in self.kept.values():
            row.offer(self._names)

    def fill(self, label: int, text: str, strength: float) -> None:
        """Fill a row; a class that is not offered changes nothing."""
        row = self.of(label)
        if row.takes(text):
            row.name.setCurrentText(text)
        row.strength.setValue(strength)
        row.settle()

    def put(self, label: int, target: Target) -> None:
        """Fill a row with a target."""
        text = self._text(group(target.features), "") if target.features else str(target.label)
        self.fill(label, text, target.strength)

    def learn(self, names: Names) -> None:
        """Offer the features that have a name by the name they have now."""
        given = {row: found for row in self.kept.values() if (found := self._features.get(row.name.currentText()))}
        for row in self.kept.values():
            row.forget_features()
        self._features.clear()
        for components, name in names.items():
            self._text(components, name)
        self._offer_features()
        for row, components in given.items():
            row.name.setCurrentText(self._text(components, called(components, names)))

    def give(self, label: int, components: Sequence[int], name: str = "") -> None:
        """Give a label features, by their name where they have one."""
        text = self._text(group(components), name)
        self._offer_features()
        self.fill(label, text, self.of(label).strength.value())

    def free(self, painted: Collection[int]) -> int:
        """Return the first label that is neither painted nor given anything."""
        return next(n for n in count(1) if n not in painted and not (n in self.kept and self.kept[n].given))

    def forget_features(self) -> None:
        """Take the names of features back: they are of another classifier."""
        self.learn({})
        self._last = {}

    def _text(self, components: Group, name: str) -> str:
        """Return what stands for features in a row: a name stays with those that had it first."""
        numbers = listed(components, self._names)
        for text in (name, f"{name} ({numbers})") if name and not name[0].isdigit() else ():
            if text not in self._names and self._features.setdefault(text, components) == components:
                return text
        return numbers

    def _offer_features(self) -> None:
        for row in self.kept.values():
            row.offer_features()
