"""What a person does with the live brush, and sees."""

from napari import Viewer
from napari.layers import Image, Labels
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock

from .hands import click

STEPS = 8


def labels_of(dock: SynthesisDock) -> Labels:
    return dock.inputs.mask_layer.value


def preview(viewer: Viewer) -> Image:
    return viewer.layers["photo · palette (running)"]


def painted(viewer: Viewer) -> int:
    """How many pixels of the preview are shown."""
    return int((preview(viewer).data[..., 3] > 0).sum())


def rested(dock: SynthesisDock, qtbot: QtBot, steps: int) -> None:
    qtbot.waitUntil(lambda: dock.bar.value() >= steps and "Paint on" in dock.status.text(), timeout=60_000)


def stop(dock: SynthesisDock, qtbot: QtBot) -> None:
    click(qtbot, dock.stop_button)
    qtbot.waitUntil(lambda: dock.session is None, timeout=30_000)
