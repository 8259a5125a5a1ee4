"""What a person does in the dock that trains: clicks, keys, and a picture to train on."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QCoreApplication, QEvent, Qt, QThreadPool
from qtpy.QtWidgets import QLineEdit, QWidget

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.training.dock import TrainDock

TINY = """
arch = "resnet18"
init = "scratch"
size = 32
epochs = 3
batch = 6
lr = 0.002
eps = 0.3
workers = 0
"""
LEFT = Qt.MouseButton.LeftButton
Choose = Callable[[str], None]
Open = Callable[[], tuple[Viewer, TrainDock]]
Reopen = Callable[..., SynthesisDock]


def show(viewer: Viewer, dock: TrainDock, picture: tuple[np.ndarray, np.ndarray], qtbot: QtBot) -> None:
    viewer.add_image(picture[0], name="things", contrast_limits=(0, 255))
    viewer.add_labels(picture[1], name="examples")
    qtbot.waitUntil(lambda: dock.source.table.rowCount() == 2, timeout=10_000)


def reopened(viewer: Viewer, old: SynthesisDock | None, qtbot: QtBot) -> SynthesisDock:
    """Open the dock that draws, after closing the one given."""
    if old is not None:
        viewer.window.remove_dock_widget(old)
        old.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    dock = SynthesisDock(viewer)
    viewer.window.add_dock_widget(dock, name="Robust Synthesis")
    qtbot.waitUntil(lambda: " ready " in dock.status.text(), timeout=60_000)
    return dock


def type_into(qtbot: QtBot, line: QWidget, text: str) -> None:
    qtbot.mouseClick(line, LEFT)
    qtbot.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def rename(qtbot: QtBot, dock: TrainDock, row: int, name: str) -> None:
    table = dock.source.table
    place = table.visualItemRect(table.item(row, 0)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    editor = table.findChild(QLineEdit)
    qtbot.keyClicks(editor, name)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.item(row, 0).text() == name and not table.findChildren(QLineEdit), timeout=5_000)


def click(qtbot: QtBot, button: QWidget) -> None:
    assert button.isVisible() and button.isEnabled()
    qtbot.mouseClick(button, LEFT)


def wait_for_end(qtbot: QtBot, dock: TrainDock) -> None:
    qtbot.waitUntil(lambda: dock.train_button.isEnabled(), timeout=400_000)
    QThreadPool.globalInstance().waitForDone(30_000)
