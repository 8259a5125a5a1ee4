"""Which features the browser shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import QItemSelection, QItemSelectionModel, QSignalBlocker

from napari_robust_synth._napari.features.view import FeatureView
from napari_robust_synth._napari.features.work import Features
from napari_robust_synth.features.names import called
from napari_robust_synth.features.ranking import most_similar, speaking_for
from napari_robust_synth.features.search import matching

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_robust_synth.features import Raised

ALL_CLASSES = "(all classes)"
FEW = 100
BEST = 10  # of those that a region raises: as many are measured in benchmarks/eyedropper.py


class FeatureOrder(FeatureView):
    """All by number, those of a class, those like one, or those of a region; of these, what a search finds."""

    def __init__(self, viewer: ViewerModel) -> None:
        super().__init__(viewer)
        self.opened: Features | None = None
        self._order: Sequence[int] = ()
        self._words = ""
        self._scores: dict[int, str] | None = None
        self.search.textChanged.connect(lambda _: self._find())
        self.label.currentTextChanged.connect(self._filter)
        self.all_button.clicked.connect(self.show_all)
        self.card.similar_button.clicked.connect(self.show_similar)
        self.eyedropper.picked.connect(self._show_picked)

    def show_all(self) -> None:
        """Show every feature, by number."""
        if self.opened is not None:
            self._forget()
            self._show(range(self.opened.n), f"{self.opened.n} features, by number")

    def show_similar(self) -> None:
        """Show the chosen feature, then the others, the most similar first."""
        if self.opened is not None and (chosen := self.chosen()):
            self._forget()
            marks = None if self.opened.atlas is None else self.opened.atlas.signatures
            order = most_similar(self.opened.weights, chosen[0], marks)
            self._show(order.tolist(), f"All features, those most like {self._called(chosen[0])} first")
            self.grid.setCurrentIndex(self.features.index(0))

    def _filter(self, name: str) -> None:
        if self.opened is None or name not in self.opened.class_names:
            if name == ALL_CLASSES:
                self.show_all()
            return
        order = speaking_for(self.opened.weights, self.opened.class_names.index(name))[:FEW].tolist()
        self._show(order, f"The {len(order)} features that speak most for {name}")

    def _show_picked(self, found: list[Raised]) -> None:
        self._forget()
        scores = {one.component: f"{one.inside:.2g} inside, {one.outside:.2g} outside" for one in found}
        self._show(list(scores), f"The {len(found)} features that the region raises most", scores)
        self.grid.setCurrentIndex(self.features.index(0))
        best = QItemSelection(self.features.index(0), self.features.index(min(BEST, len(found)) - 1))
        if (selection := self.grid.selectionModel()) is not None:
            selection.select(best, QItemSelectionModel.SelectionFlag.Select)

    def _list_classes(self, names: Sequence[str]) -> None:
        with QSignalBlocker(self.label):
            self.label.clear()
            for name in (ALL_CLASSES, *names):
                self.label.addItem(name)  # type: ignore[no-untyped-call]

    def _forget(self) -> None:
        with QSignalBlocker(self.label), QSignalBlocker(self.search):
            self.search.clear()
            self.label.setCurrentText(ALL_CLASSES)

    def _show(self, components: Sequence[int], words: str, scores: dict[int, str] | None = None) -> None:
        self._order, self._words, self._scores = components, words, scores
        self._find()

    def _find(self) -> None:
        text = self.search.text().strip()
        found = matching(text, self._order, self.features.names)
        self.features.show(found, self._scores)
        self.shown.setText(self._words + (f"; {len(found)} of them match “{text}”" if text else ""))
        self.all_button.setVisible(self.opened is not None and found != list(range(self.opened.n)))
        self.grid.scrollToTop()

    def chosen(self) -> list[int]:
        """Return the features selected, the current one first."""
        rows = [index.row() for index in self.grid.selectedIndexes()]
        current = self.grid.currentIndex().row()
        return [self.features.shown[row] for row in sorted(rows, key=lambda row: (row != current, row))]

    def _called(self, *components: int) -> str:
        numbers = ", ".join(map(str, components))
        return called(components, self.features.names) or f"feature{'s' * (len(components) > 1)} {numbers}"
