"""The table of distances, opened and filled by clicks."""

import numpy as np
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.distances.button import DistanceButton
from napari_robust_synth._napari.distances.dialog import DistanceDialog
from napari_robust_synth._napari.dock import SynthesisDock

from .conftest import PLACE
from .hands import click


def look_for_church(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray) -> SynthesisDock:
    """Make the dock ready to look for the nearest church."""
    dock.task.value = "counterfactual"
    viewer.add_image(photo, name="photo", rgb=True, **PLACE)
    dock.inputs.label.setCurrentText("church")
    dock.parameters.widgets["steps"].value = 12
    dock.parameters.widgets["probability"].value = 0.5
    return dock


def opened(dock: SynthesisDock, qtbot: QtBot) -> DistanceDialog:
    button = dock.findChild(DistanceButton)
    assert not button.isHidden()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    return button.dialog


def measured(qtbot: QtBot, dialog: DistanceDialog) -> list[list[str]]:
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=60_000)
    table = dialog.table
    return [[table.item(r, c).text() for c in range(table.columnCount())] for r in range(table.rowCount())]
