"""The dock's button that opens the recipe of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QPushButton

from napari_robust_synth._napari.recipe_layer import look_into_file

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock
    from napari_robust_synth._napari.recipe_dialog import RecipeDialog


class RecipeButton(QPushButton):
    """Opens the dialog; and while the dock is there, images that are opened get the recipes in their files."""

    def __init__(self, dock: SynthesisDock) -> None:
        super().__init__("Recipe…", dock)
        self.dock = dock
        self.setToolTip("How the selected result was made: save it, copy it, edit it, replay it")
        self._dialog: RecipeDialog | None = None
        self.clicked.connect(self.open)
        dock.viewer.layers.events.inserted.connect(self._look)
        for layer in dock.viewer.layers:
            look_into_file(layer, dock.status.setText)

    @property
    def dialog(self) -> RecipeDialog:
        """The dialog, made when it is first needed."""
        from napari_robust_synth._napari.recipe_dialog import RecipeDialog

        if self._dialog is None:
            self._dialog = RecipeDialog(self.dock)
        return self._dialog

    def open(self) -> None:
        """Show the dialog."""
        self.dialog.show()
        self.dialog.raise_()

    def _look(self, event: Any) -> None:
        look_into_file(event.value, self.dock.status.setText)


def add_recipe_button(dock: SynthesisDock) -> RecipeButton:
    """Put the button beside those of the history."""
    button = RecipeButton(dock)
    dock.history.rows.addWidget(button, 0, 3)
    dock.history.rows.setColumnStretch(3, 1)
    return button
