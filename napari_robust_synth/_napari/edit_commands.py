"""What napari's command palette runs in the docks: buttons that have no menu."""

from __future__ import annotations

import napari.viewer
from napari.utils.notifications import show_error
from qtpy.QtWidgets import QAbstractButton

from napari_robust_synth._napari.commands import open_task
from napari_robust_synth._napari.distances.button import DistanceButton
from napari_robust_synth._napari.features.use import BROWSER
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.window.docks import open_dock


def undo_edit(viewer: napari.viewer.Viewer) -> None:
    """Go back by one edit, or by one stroke of the live brush."""
    keeper_of(viewer).undo()


def redo_edit(viewer: napari.viewer.Viewer) -> None:
    """Go to what was undone last."""
    keeper_of(viewer).redo()


def accept_result(viewer: napari.viewer.Viewer) -> None:
    """Put what is shown where it belongs in its source."""
    keeper = keeper_of(viewer)
    if keeper.into:
        keeper.accept()
    else:
        show_error("There is no result to accept: run something first, or select its layer")


def toggle_live_brush(viewer: napari.viewer.Viewer) -> None:
    """Open the dock with the palette, and switch the live brush on or off."""
    dock = open_task(viewer, "palette")
    _press(dock.inputs.palette.live, dock.hint.text() or "A run is under way: stop it, then use the live brush")


def pick_features(viewer: napari.viewer.Viewer) -> None:
    """Open the feature browser, and find the features that the marked region raises."""
    box = open_dock(viewer, BROWSER).eyedropper
    _press(box.button, box.hint.text() or "The classifier is still loading: use the eyedropper in a moment")


def measure_distances(viewer: napari.viewer.Viewer) -> None:
    """Open the table of the distance to every class."""
    open_task(viewer, "counterfactual").findChild(DistanceButton).open()


def _press(button: QAbstractButton, why_not: str) -> None:
    if button.isEnabled():
        button.click()
    else:
        show_error(why_not)
