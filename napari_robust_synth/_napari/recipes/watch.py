"""Looks into the files of opened pictures for recipes, and offers to edit what it finds."""

from __future__ import annotations

from functools import partial
from typing import Any

from napari.layers import Image
from napari.utils.notifications import Notification, notification_manager
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.layers.recipes import as_metadata
from napari_robust_synth._napari.recipes.layer import look_into_file
from napari_robust_synth._napari.recipes.showing import show_recipe
from napari_robust_synth._napari.window.listening import listen
from napari_robust_synth.tasks.recipes import Recipes


class Offer(Notification):  # type: ignore[misc]
    """A line with a button."""

    @property
    def source(self) -> str:
        """Nothing: napari would show the address of an object."""
        return ""


class RecipeWatch(QObject):
    """Gives opened images the recipes in their files, for as long as the window is there; ``found`` has the layer."""

    found = Signal(object)

    def __init__(self, viewer: Any, window: QObject) -> None:
        super().__init__(window)
        self.viewer = viewer
        listen(self, viewer.layers.events.inserted, lambda event: self._look(event.value))
        for layer in viewer.layers:
            self._look(layer)

    def _look(self, layer: Any) -> None:
        worker = look_into_file(layer)
        if worker is not None:
            worker.returned.connect(self._looked)
            worker.start()

    def _looked(self, outcome: tuple[Image, Recipes | None]) -> None:
        layer, recipes = outcome
        if recipes is None:
            return
        layer.metadata.update(as_metadata(recipes))
        offer = ("Edit recipe", partial(_edit, self.viewer, layer))
        notification_manager.dispatch(Offer(f"{layer.name} carries its recipe", "info", [offer]))
        self.found.emit(layer)


def watch_of(viewer: Any) -> RecipeWatch:
    """Return what watches a viewer's window; it begins when it is first asked for."""
    viewer = getattr(viewer, "__wrapped__", viewer)  # plugins get a proxy
    window = viewer.window._qt_window
    watch = window.findChild(RecipeWatch)
    return RecipeWatch(viewer, window) if watch is None else watch


def _edit(viewer: Any, layer: Image, _: Any = None) -> None:
    if layer in viewer.layers:
        viewer.layers.selection.active = layer
        show_recipe(viewer).edit()
