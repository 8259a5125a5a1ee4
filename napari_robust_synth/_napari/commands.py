"""What napari's menus and command palette run."""

from __future__ import annotations

import napari.viewer
from napari.layers import Image
from napari.utils.notifications import show_error, show_info
from qtpy.QtWidgets import QApplication

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.earlier import as_seen
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.views import check_view
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.recipes.save import ask_and_save
from napari_robust_synth._napari.running.loading import best_classes
from napari_robust_synth._napari.series.button import SeriesButton
from napari_robust_synth._napari.series.series import CLASS, CLASSIFIER, variation
from napari_robust_synth._napari.tour import begin_tour
from napari_robust_synth._napari.window.docks import open_dock
from napari_robust_synth._napari.window.preferences import preferred_device, preferred_model, use_folder
from napari_robust_synth._napari.window.worker_errors import background

DOCK, TRAIN_DOCK = "Robust Synthesis", "Train classifier"


def open_task(viewer: napari.viewer.Viewer, task: str) -> SynthesisDock:
    """Open the dock, or find it, and choose a task, unless a run is under way."""
    dock: SynthesisDock = open_dock(viewer, DOCK, tabify=False)
    if dock.session is None:
        dock.task.value = task
    return dock


def train_on_layer(viewer: napari.viewer.Viewer) -> None:
    """Open the dock that trains, with the selected image ticked."""
    open_dock(viewer, TRAIN_DOCK, tabify=False).source.tick(viewer.layers.selection)


def edit_layer(viewer: napari.viewer.Viewer) -> None:
    """Open the dock to paint on the selected image."""
    dock = open_task(viewer, "paint")
    active = viewer.layers.selection.active
    if isinstance(active, Image):
        dock.inputs.image_layer.value = active


def save_result(viewer: napari.viewer.Viewer) -> None:
    """Save the selected result with its recipe inside."""
    ask_and_save(viewer.layers.selection.active, QApplication.activeWindow())


def generate_pictures(viewer: napari.viewer.Viewer) -> None:
    """Open the dock to draw new pictures."""
    open_task(viewer, "generate")


def compare_variations(viewer: napari.viewer.Viewer) -> None:
    """Open the dialog of several results, for variations."""
    _side_by_side(viewer)


def compare_classifiers(viewer: napari.viewer.Viewer) -> None:
    """Open the dialog of several results, for two classifiers."""
    _side_by_side(viewer, CLASSIFIER)


def compare_classes(viewer: napari.viewer.Viewer) -> None:
    """Open the dialog of several results, for every class."""
    _side_by_side(viewer, CLASS)


def _side_by_side(viewer: napari.viewer.Viewer, axis: str = "") -> None:
    dock = open_dock(viewer, DOCK, tabify=False)
    dock.findChild(SeriesButton).open(axis or variation(dock.parameters.task()))


def take_tour(viewer: napari.viewer.Viewer) -> None:
    """Open the dock and show what it does on a sample picture."""
    if begin_tour(open_dock(viewer, DOCK, tabify=False)) is None:
        show_error("A run is under way: stop it, then take the tour")


def classify_layer(viewer: napari.viewer.Viewer) -> None:
    """Say what the default classifier sees in the selected image."""
    active = viewer.layers.selection.active
    if not isinstance(active, Image):
        show_error("Select an image layer to classify")
        return
    try:
        check_view(active, viewer.dims)
        plane = as_seen(keeper_of(viewer), read_plane(active, World.of(viewer.dims)))
    except ValueError as error:
        show_error(str(error))
        return
    use_folder()
    worker = background(best_classes, plane, preferred_model(), preferred_device())
    worker.returned.connect(lambda text: show_info(f"{active.name}: {text}"))
    worker.errored.connect(lambda error: show_error(str(error)))
    worker.start()
