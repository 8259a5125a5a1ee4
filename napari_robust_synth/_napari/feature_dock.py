"""The dock "Feature browser": see, find, name and use what the classifier's features stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import napari.viewer
from napari.utils.notifications import show_error
from qtpy.QtCore import QCoreApplication, QTimer
from superqt.utils import FunctionWorker, WorkerBase

from napari_robust_synth._napari.feature_use import main_dock, use_features
from napari_robust_synth._napari.feature_view import ALL_CLASSES, FeatureView
from napari_robust_synth._napari.feature_work import Features, open_features
from napari_robust_synth.features.names import name_feature
from napari_robust_synth.features.ranking import most_similar, speaking_for
from napari_robust_synth.features.search import matching

if TYPE_CHECKING:
    from napari_robust_synth.features import Atlas, Raised

FEW = 100


class FeatureBrowser(FeatureView):
    """Shows the features of one model, at first that of the dock "Robust Synthesis"; what is slow runs in workers."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(lambda: viewer.layers)
        self.viewer = viewer
        self.opened: Features | None = None
        self._order: Sequence[int] = ()
        self._words = ""
        self._scores: dict[int, str] | None = None
        self._connect()
        self._enable()
        QTimer.singleShot(0, self._begin)

    def _connect(self) -> None:
        self.model.changed.connect(lambda _: self._load())
        self.search.textChanged.connect(lambda _: self._find())
        self.label.currentTextChanged.connect(self._filter)
        self.all_button.clicked.connect(self.show_all)
        self.drawing.drawn.connect(self._draw)
        self.drawing.whole.connect(self._take)
        self.eyedropper.picked.connect(self._show_picked)
        selection = self.grid.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._show_chosen())
        self.features.modelReset.connect(self._show_chosen)
        self.grid.activated.connect(lambda _: self.use())
        self.card.named.connect(self._rename)
        self.card.similar_button.clicked.connect(self.show_similar)
        self.card.use_button.clicked.connect(self.use)
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(WorkerBase.await_workers)  # Qt must not go before the thread that imports torch

    def _begin(self) -> None:
        dock = main_dock(self.viewer)
        self.reset_choices()
        if dock is None or dock.model.value == self.model.value:
            self._load()
        else:
            self.model.value = dock.model.value

    def reset_choices(self, event: Any = None) -> None:
        """Follow the viewer's layers (napari calls this when they change)."""
        dock = main_dock(self.viewer)
        chosen = (dock.inputs.image_layer.value, dock.inputs.mask_layer.value) if dock else (None, None)
        self.eyedropper.reset_choices(*chosen)

    def _load(self) -> None:
        self.opened = None
        self.drawing.stop()
        self.drawing.setVisible(False)
        self.features.start(0, None)
        self._enable()
        self.shown.setText("Loading the classifier in the background…")
        worker = FunctionWorker(open_features, self.model.value)
        worker.returned.connect(self._loaded)
        worker.errored.connect(self._not_loaded)
        worker.start()

    def _not_loaded(self, error: Exception) -> None:
        self.shown.setText(f"The classifier is not available: {error}")

    def _loaded(self, opened: Features) -> None:
        if opened.model != self.model.value:
            return
        self.opened = opened
        self.features.names = opened.names
        self.features.start(opened.n, None if opened.atlas is None else opened.atlas.tiles)
        self.drawing.setVisible(opened.atlas is None)
        self.label.blockSignals(True)
        self.label.clear()
        for name in (ALL_CLASSES, *opened.class_names):
            self.label.addItem(name)  # type: ignore[no-untyped-call]
        self.label.blockSignals(False)
        if opened.trouble:
            show_error(opened.trouble)
        self._enable()
        self.show_all()

    def _enable(self) -> None:
        for widget in (self.search, self.label, self.all_button, self.grid, self.card, self.eyedropper):
            widget.setEnabled(self.opened is not None)

    def show_all(self) -> None:
        """Show every feature, by number."""
        if self.opened is not None:
            self.search.clear()
            self._choose_class(ALL_CLASSES)
            self._show(range(self.opened.n), f"{self.opened.n} features, by number")

    def show_similar(self) -> None:
        """Show the chosen feature, then the others, the most similar first."""
        if self.opened is not None and (chosen := self.chosen()):
            self._choose_class(ALL_CLASSES)
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
        self._choose_class(ALL_CLASSES)
        scores = {one.component: f"{one.inside:.2g} inside, {one.outside:.2g} outside" for one in found}
        self._show(list(scores), f"The {len(found)} features that the region raises most", scores)
        self.grid.setCurrentIndex(self.features.index(0))

    def _choose_class(self, name: str) -> None:
        self.label.blockSignals(True)
        self.label.setCurrentText(name)
        self.label.blockSignals(False)

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

    def _called(self, component: int) -> str:
        return self.features.names.get(component) or f"feature {component}"

    def _show_chosen(self) -> None:
        chosen = self.chosen() if self.opened else []
        self.card.show_features(chosen, self.opened.about(chosen[0]) if self.opened and chosen else "")

    def _rename(self, component: int, name: str) -> None:
        if self.opened is None:
            return
        try:
            self.features.rename(name_feature(self.opened.sha256, component, name))
        except (OSError, ValueError) as error:
            show_error(str(error))

    def _draw(self, first: int, tiles: Any) -> None:
        if self.opened is not None:
            self.features.draw(first, tiles)
            self._show_chosen()

    def _take(self, atlas: Atlas) -> None:
        if self.opened is not None:
            self.opened = replace(self.opened, atlas=atlas)

    def use(self) -> None:
        """Put the chosen features into the dock "Robust Synthesis"."""
        chosen = self.chosen()
        if self.opened is None or not chosen:
            return
        try:
            use_features(self.viewer, self.model.value, chosen)
        except ValueError as error:
            show_error(str(error))
            return
        self.status.setText(f"Robust Synthesis paints with {', '.join(map(self._called, chosen))} now")
