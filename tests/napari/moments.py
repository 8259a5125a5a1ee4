"""Moments of a run, what may happen then, and how it should end."""

import shutil
from collections.abc import Callable

import numpy as np
from napari import Viewer
from napari.layers import Image, Layer
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QWidget

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth.models import ZOO

from .conftest import PLACE


def click(qtbot: QtBot, button: QWidget) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


Act = Callable[[SynthesisDock, Viewer, QtBot], None]


def begin(kind: str, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    """Fill the form anew, and start a run of 2000 steps, or the live brush; the window stays hidden, for speed."""
    viewer.layers.clear()
    photo, mask = np.random.default_rng(0).integers(0, 255, (72, 96, 3), np.uint8), np.zeros((72, 96), np.uint8)
    mask[20:50, 30:60] = 1
    image = viewer.add_image(photo, name="photo", rgb=True, **PLACE)
    labels = viewer.add_labels(mask, name="region", **PLACE)
    dock.task.value = "palette" if kind == "live" else "paint"
    dock.inputs.image_layer.value, dock.inputs.mask_layer.value = image, labels
    dock.inputs.label.setCurrentText("church")
    dock.inputs.palette.set_row(1, "church")
    dock.parameters.widgets["steps"].value = 2000
    qtbot.waitUntil(dock.run_button.isEnabled, timeout=30_000)
    click(qtbot, dock.inputs.palette.live if kind == "live" else dock.run_button)
    assert dock.session is not None


def refill(viewer: Viewer, layers: dict[Layer, np.ndarray]) -> None:
    """Let these layers, with these data, be all there is, the last one selected; forget messages."""
    for layer in [layer for layer in viewer.layers if layer not in layers]:
        viewer.layers.remove(layer)
    for place, (layer, data) in enumerate(layers.items()):
        if layer not in viewer.layers:
            viewer.layers.insert(place, layer)
        elif viewer.layers[place] is not layer:
            viewer.layers.move(viewer.layers.index(layer), place)
        if layer.data is not data:
            layer.data = data
        layer.name = layer.name.removeprefix("other ")
        viewer.layers.selection.active = layer
    notification_manager.records.clear()


def pressed(dock: SynthesisDock, qtbot: QtBot) -> None:
    """Nothing has come back from the worker yet."""


def stepping(dock: SynthesisDock, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dock.bar.value() > 1, timeout=30_000)


def paused(dock: SynthesisDock, qtbot: QtBot) -> None:
    stepping(dock, qtbot)
    click(qtbot, dock.pause_button)


def stopping(dock: SynthesisDock, qtbot: QtBot) -> None:
    stepping(dock, qtbot)
    click(qtbot, dock.stop_button)


def landing(dock: SynthesisDock, qtbot: QtBot) -> None:
    """The run has ended, and its result is on the way into the history."""
    stopping(dock, qtbot)
    qtbot.waitUntil(lambda: dock.session is None, timeout=30_000)


MOMENTS = (pressed, stepping, paused, stopping, landing)


def remove(role: str) -> Act:
    def act(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
        for layer in [x for x in viewer.layers if role in x.name]:
            viewer.layers.remove(layer)

    return act


def rename(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    for layer in viewer.layers:
        layer.name = f"other {layer.name}"


def reorder(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.layers.move(0, len(viewer.layers))


def change_slice(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.add_image(np.zeros((4, 5, 5)), name="stack")
    viewer.dims.set_current_step(0, 3)


def change_theme(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.theme = "light" if viewer.theme == "dark" else "dark"


def switch_model(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    """Choose another model that knows the same classes, or go back to the first; and the device again."""
    first = ZOO["bundled"].folder
    other = first.with_name("another")
    if not other.exists():
        shutil.copytree(first, other)
    dock.model.value = str(other) if dock.model.value == "bundled" else "bundled"
    dock.device.changed.emit(dock.device.value)


def press_again(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    before = dock.session
    qtbot.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
    if before is not None:
        dock.run()
        assert dock.session in (before, None)


def replace_data(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.layers[0].data = np.zeros((20, 20, 3), np.uint8)


def roll(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.dims.ndisplay = 3
    qtbot.wait(50)
    viewer.dims.ndisplay = 2


ACTS = {
    "source removed": remove("photo"),
    "mask removed": remove("region"),
    "preview removed": remove("(running)"),
    "all removed": remove(""),
    "renamed": rename,
    "reordered": reorder,
    "slice changed": change_slice,
    "theme changed": change_theme,
    "model switched": switch_model,
    "run pressed again": press_again,
    "source replaced": replace_data,
    "seen in 3D": roll,
}


def ended(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    """Stop what still goes on, and see that nothing is left of it."""
    if dock.session is not None:
        click(qtbot, dock.stop_button)
    keeper = keeper_of(viewer)
    qtbot.waitUntil(lambda: dock.session is None and not keeper.jobs.busy, timeout=30_000)
    assert not [x.name for x in viewer.layers if "(running)" in x.name]
    assert dock.pause_button.text() == "Pause"
    assert not dock.stop_button.isEnabled()


def results(viewer: Viewer) -> list[Image]:
    return [x for x in viewer.layers if isinstance(x, Image) and "·" in x.name]
