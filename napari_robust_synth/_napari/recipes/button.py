"""The dock's button that opens the recipe of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.layers import Image
from qtpy.QtWidgets import QPushButton

from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.recipes.layer import recipes_in_layer_or_none
from napari_robust_synth._napari.recipes.watch import watch_of

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock
    from napari_robust_synth._napari.recipes.dialog import RecipeDialog


class RecipeButton(QPushButton):
    """Opens the dialog, and tells when a picture that was opened carries a recipe."""

    def __init__(self, dock: SynthesisDock) -> None:
        super().__init__("Recipe…", dock)
        self.dock = dock
        self.setToolTip("How the selected result was made: save it, copy it, edit it, replay it")
        self._dialog: RecipeDialog | None = None
        self.clicked.connect(self.open)
        watch_of(dock.viewer).found.connect(self._found)

    @property
    def dialog(self) -> RecipeDialog:
        """The dialog, made when it is first needed."""
        from napari_robust_synth._napari.recipes.dialog import RecipeDialog

        if self._dialog is None:
            self._dialog = RecipeDialog(self.dock)
        return self._dialog

    def open(self) -> None:
        """Show the dialog; where the selected layer has no recipe, select the picture that was edited last."""
        if self.dialog.recipes is None and self.dock.session is None:
            self._select_edited()
        self.dialog.show()
        self.dialog.raise_()

    def _select_edited(self) -> None:
        layers, timeline = self.dock.viewer.layers, keeper_of(self.dock.viewer).active
        layer = None if timeline is None else timeline.layer
        if layer in layers and recipes_in_layer_or_none(layer) is not None:
            layers.selection.active = layer

    def _found(self, layer: Image) -> None:
        self.dock.status.setText(f"{layer.name} carries its recipe: press Recipe… to edit or replay it")
        if self._dialog is not None:
            self._dialog.follow()


def add_recipe_button(dock: SynthesisDock) -> RecipeButton:
    """Put the button beside those of the history."""
    button = RecipeButton(dock)
    dock.history.rows.addWidget(button, 0, 3)
    dock.history.rows.setColumnStretch(3, 1)
    return button
