"""Whatever happens at a moment of work in a dialog: a clean end, and a dialog that works again."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.distances.button import DistanceButton
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.inputs.work_dialog import WorkDialog
from napari_robust_synth._napari.series.button import SeriesButton
from napari_robust_synth._napari.series.dialog import SeriesDialog

from .conftest import PLACE, errors
from .hands import click
from .moments import ACTS

WHAT = [what for what in ACTS if what not in ("preview removed", "run pressed again")]
TASKS = {"side by side": "paint", "distances": "counterfactual"}


def begin(kind: str, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> WorkDialog:
    """Fill the form anew, open the dialog, and start."""
    viewer.layers.clear()
    photo, mask = np.random.default_rng(0).integers(0, 255, (72, 96, 3), np.uint8), np.zeros((72, 96), np.uint8)
    mask[20:50, 30:60] = 1
    image = viewer.add_image(photo, name="photo", rgb=True, **PLACE)
    labels = viewer.add_labels(mask, name="region", **PLACE)
    dock.task.value = TASKS[kind]
    dock.inputs.image_layer.value, dock.inputs.mask_layer.value = image, labels
    dock.inputs.label.setCurrentText("church")
    dock.parameters.widgets["steps"].value = 40
    button = dock.findChild(SeriesButton if kind == "side by side" else DistanceButton)
    button.open()
    click(qtbot, button.dialog.run_button)
    assert button.dialog.worker is not None
    return button.dialog


def count(dialog: WorkDialog) -> int:
    return len(dialog.made if isinstance(dialog, SeriesDialog) else dialog.found)


def pressed(dialog: WorkDialog, qtbot: QtBot) -> None:
    """Nothing has come back from the worker yet."""


def one_done(dialog: WorkDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: count(dialog) >= 1, timeout=60_000)


def cancelled(dialog: WorkDialog, qtbot: QtBot) -> None:
    one_done(dialog, qtbot)
    if dialog.worker is not None:
        click(qtbot, dialog.run_button)


MOMENTS = (pressed, one_done, cancelled)


def ended(dialog: WorkDialog, viewer: Viewer, qtbot: QtBot) -> None:
    """Cancel what still goes on, pick a result where there is one, and see that all is well."""
    if dialog.worker is not None and not dialog.stop.is_set():
        click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=60_000)
    if isinstance(dialog, SeriesDialog) and dialog.made:
        dialog.results.setCurrentRow(0)
        click(qtbot, dialog.pick_button)
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
    assert errors() == []


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("what", WHAT)
def test_at_every_moment(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, what: str, kind: str) -> None:
    for moment in MOMENTS:
        dialog = begin(kind, dock, viewer, qtbot)
        moment(dialog, qtbot)
        ACTS[what](dock, viewer, qtbot)
        qtbot.wait(30)
        ended(dialog, viewer, qtbot)
    dialog = begin(kind, dock, viewer, qtbot)
    one_done(dialog, qtbot)
    ended(dialog, viewer, qtbot)


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_viewer_is_closed(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, moment: Callable, kind: str) -> None:
    dialog = begin(kind, dock, viewer, qtbot)
    worker = dialog.worker
    moment(dialog, qtbot)
    viewer.close()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=30_000)
    assert errors() == []
