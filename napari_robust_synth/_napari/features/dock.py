"""The dock "Feature browser": see, find, name and use what the classifier's features stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import napari.viewer
from napari.utils.notifications import show_error
from qtpy.QtCore import QCoreApplication
from superqt.utils import WorkerBase

from napari_robust_synth._napari.features.order import FeatureOrder
from napari_robust_synth._napari.features.use import main_dock, make_brush, tell_names, use_features
from napari_robust_synth._napari.features.work import Features, open_features
from napari_robust_synth._napari.inputs.last_values import remember_browsing
from napari_robust_synth._napari.window.soon import soon
from napari_robust_synth._napari.window.worker_errors import background
from napari_robust_synth.features.names import Group, called, name_features

if TYPE_CHECKING:
    from napari_robust_synth.features import Atlas


class FeatureBrowser(FeatureOrder):
    """Shows the features of one model, at first that of the dock "Robust Synthesis"; what is slow runs in workers."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self.viewer = viewer
        remember_browsing(self)
        self._connect()
        self._enable()
        soon(self, self._begin)

    def _connect(self) -> None:
        self.model.changed.connect(lambda _: self._load())
        self.drawing.drawn.connect(self._draw)
        self.drawing.whole.connect(self._take)
        selection = self.grid.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._show_chosen())
        self.features.modelReset.connect(self._show_chosen)
        self.grid.activated.connect(lambda _: self.use())
        self.card.named.connect(self._rename)
        self.card.use_button.clicked.connect(self.use)
        self.card.brush_button.clicked.connect(self.make_brush)
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
        self.eyedropper.cancel()
        self.drawing.setVisible(False)
        self.features.start(0, None)
        self._enable()
        self.shown.setText("Loading the classifier in the background…")
        worker = background(open_features, self.model.value)
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
        self._list_classes(opened.class_names)
        if opened.trouble:
            show_error(opened.trouble)
        self._enable()
        self.show_all()

    def _enable(self) -> None:
        for widget in (self.search, self.label, self.all_button, self.grid, self.card, self.eyedropper):
            widget.setEnabled(self.opened is not None)

    def _show_chosen(self) -> None:
        chosen = self.chosen() if self.opened else []
        self.card.show_features(chosen, self.opened.about(chosen[0]) if self.opened and chosen else "")

    def _rename(self, components: Group, name: str) -> None:
        if self.opened is None:
            return
        try:
            names = name_features(self.opened.sha256, components, name)
            self.features.rename(names)
            tell_names(self.viewer, self.model.value, names)
            self._show_chosen()
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
        self._hand_over(use_features)

    def make_brush(self) -> None:
        """Give the chosen features to a new label of the palette, ready to paint with."""
        self._hand_over(make_brush)

    def _hand_over(self, use: Callable[[Any, str, Sequence[int], str], str]) -> None:
        chosen = self.chosen()
        if self.opened is None or not chosen:
            return
        try:
            painter = use(self.viewer, self.model.value, chosen, called(chosen, self.features.names))
        except ValueError as error:
            show_error(str(error))
            return
        self.status.setText(f"{painter} paints with {self._called(*chosen)} now")
