"""What a person does in the dialog of several results."""

from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.series.button import SeriesButton
from napari_robust_synth._napari.series.dialog import SeriesDialog

from .hands import click


def opened(dock: SynthesisDock, qtbot: QtBot, compare: str | None = None) -> SeriesDialog:
    button = dock.findChild(SeriesButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    if compare is not None:
        button.dialog.form.axis.native.setCurrentText(compare)
    return button.dialog


def run(qtbot: QtBot, dialog: SeriesDialog) -> list[str]:
    """Press Run, wait, and return the captions."""
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=60_000)
    return [dialog.results.item(row).text() for row in range(dialog.results.count())]


def stem(captions: list[str]) -> list[str]:
    return [caption.partition(" · ")[0] for caption in captions]


def choose(qtbot: QtBot, dialog: SeriesDialog, row: int) -> None:
    place = dialog.results.visualItemRect(dialog.results.item(row)).center()
    qtbot.mouseClick(dialog.results.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.results.currentRow() == row


def settle(qtbot: QtBot, viewer: Viewer) -> None:
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
