"""Between the feature browser and the dock that paints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import napari.viewer

from napari_robust_synth._napari.inputs.reading import new_mask
from napari_robust_synth._napari.window.docks import find_dock, open_dock
from napari_robust_synth.features.names import Names
from napari_robust_synth.tasks import TASKS

if TYPE_CHECKING:
    from napari_robust_synth._napari.dock import SynthesisDock

DOCK, BROWSER = "Robust Synthesis", "Feature browser"


def main_dock(viewer: napari.viewer.Viewer) -> SynthesisDock | None:
    """Return the viewer's dock "Robust Synthesis", when it is open."""
    dock: SynthesisDock | None = find_dock(viewer, DOCK)
    return dock


def open_browser(viewer: napari.viewer.Viewer) -> None:
    """Open the feature browser, or find it."""
    open_dock(viewer, BROWSER)


def use_features(viewer: napari.viewer.Viewer, model: str, components: Sequence[int], name: str = "") -> str:
    """Put features of a model into the dock "Robust Synthesis", which is opened when it is not.

    A palette's selected label gets them, by their name where they have one; other tasks have one place for features.

    Returns
    -------
    str
        What paints with them now.

    Raises
    ------
    ValueError
        When a run is under way that they don't fit, or the palette has no label to give them to.
    """
    dock = main_dock(viewer) or open_dock(viewer, DOCK)
    task = TASKS[dock.task.value]
    fits = bool({"feature", "palette"} & (task.needs | task.takes))
    _check_run(dock, model, fits=fits)
    dock.model.value = model
    if "palette" in task.needs:
        return f"Label {dock.inputs.palette.use(components, name)}"
    if not fits:
        dock.task.value = "paint"
    dock.inputs.raise_features(components)
    return DOCK


def make_brush(viewer: napari.viewer.Viewer, model: str, components: Sequence[int], name: str = "") -> str:
    """Give features of a model to a new label of the palette, ready to paint with.

    Where the dock does another task, or has no Labels layer, the label is in a new layer: one that marks what
    another task may change is no palette.

    Returns
    -------
    str
        What paints with them now.

    Raises
    ------
    ValueError
        When a run is under way that they don't fit, or there is no picture to paint on; nothing has changed then.
    """
    dock = main_dock(viewer) or open_dock(viewer, DOCK)
    table, image = dock.inputs.palette, dock.inputs.image_layer.value
    _check_run(dock, model, fits="palette" in TASKS[dock.task.value].needs)
    layer = table.layer
    empty = layer is None
    if layer is None and image is None:
        raise ValueError(f"a brush needs a picture to paint on: choose an image in {DOCK}, then make the brush")
    if layer is None:
        layer = new_mask(dock, dock.viewer)
    dock.model.value, dock.task.value = model, "palette"
    dock.inputs.mask_layer.value = layer
    dock.viewer.layers.selection.active = layer
    return f"Label {table.add_brush(components, name, empty=empty)}"


def tell_names(viewer: napari.viewer.Viewer, model: str, names: Names) -> None:
    """Let the dock "Robust Synthesis" take the names of a model's features, when it has that."""
    dock = main_dock(viewer)
    if dock is not None and dock.model.value == model:
        dock.inputs.learn(names)


def _check_run(dock: SynthesisDock, model: str, *, fits: bool) -> None:
    if dock.session is not None and (dock.model.value != model or not fits):
        raise ValueError("a run is under way with another classifier or task: stop it, then use the features")
