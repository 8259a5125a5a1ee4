"""Between the feature browser and the dock that paints."""

from __future__ import annotations

from collections.abc import Sequence

import napari.viewer

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.docks import open_dock
from napari_robust_synth.tasks import TASKS

DOCK, BROWSER = "Robust Synthesis", "Feature browser"


def main_dock(viewer: napari.viewer.Viewer) -> SynthesisDock | None:
    """Return the viewer's dock "Robust Synthesis", when it is open."""
    docks = (dock for dock in viewer.window.dock_widgets.values() if isinstance(dock, SynthesisDock))
    return next(docks, None)


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
    if dock.session is not None and (dock.model.value != model or not fits):
        raise ValueError("a run is under way with another classifier or task: stop it, then use the features")
    dock.model.value = model
    if "palette" in task.needs:
        return f"Label {dock.inputs.palette.use(components, name)}"
    if not fits:
        dock.task.value = "paint"
    dock.inputs.features.setText(", ".join(map(str, components)))
    return DOCK
