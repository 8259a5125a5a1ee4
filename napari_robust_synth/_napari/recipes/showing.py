"""The dialog of recipes, brought up from a menu, a dropped file or a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import napari.viewer

from napari_robust_synth._napari.window.docks import open_dock

if TYPE_CHECKING:
    from napari_robust_synth._napari.recipes.dialog import RecipeDialog


def recipe_dialog(viewer: napari.viewer.Viewer) -> RecipeDialog:
    """Return the dialog of recipes of the dock "Robust Synthesis", which is opened for it."""
    dialog: RecipeDialog = open_dock(viewer, "Robust Synthesis", tabify=False).recipe_button.dialog
    return dialog


def show_recipe(viewer: napari.viewer.Viewer) -> RecipeDialog:
    """Show how the selected layer was made, and return the dialog."""
    dialog = recipe_dialog(viewer)
    dialog.take_selected()
    dialog.show()
    dialog.raise_()
    return dialog
