"""What does not do all that is chosen says so: all slices, and the frames of a run."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.distances.button import DistanceButton
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.windows import held, room
from napari_robust_synth._napari.inputs.work_dialog import SHOWN_ONLY, WorkDialog
from napari_robust_synth._napari.layers.frames import STEPS
from napari_robust_synth._napari.layers.offers import ALL, CHANNELS, SHOWN, Choice
from napari_robust_synth._napari.live.painting import LiveSession
from napari_robust_synth._napari.window.preferences import history_limit

from .conftest import errors
from .hands import click
from .scopes import choose, offered, work_on
from .side import opened

Press = Callable[..., None]


@pytest.fixture
def stack(painting: SynthesisDock, viewer: Viewer, photo: np.ndarray) -> Image:
    """The dock, about to work on all three slices."""
    viewer.layers.clear()
    viewer.show()
    layer = work_on(painting, np.moveaxis(photo, -1, 0).copy(), (1,))
    choose(painting, Choice(ALL, 0))
    painting.parameters.widgets["steps"].value = 1
    return layer


def done(dialog: WorkDialog, qtbot: QtBot) -> str:
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=60_000)
    return dialog.status.text()


def test_dialogs_are_about_the_slice_shown(stack: Image, painting: SynthesisDock, qtbot: QtBot) -> None:
    dialog = opened(painting, qtbot)
    assert dialog._about.text().endswith(SHOWN_ONLY)
    assert done(dialog, qtbot) == "Done: 4 of 4, of the slice shown."
    choose(painting, Choice(SHOWN))
    assert SHOWN_ONLY not in dialog._about.text()
    assert done(dialog, qtbot) == "Done: 4 of 4."


def test_distances_are_of_the_slice_shown(stack: Image, painting: SynthesisDock, qtbot: QtBot) -> None:
    painting.task.value = "counterfactual"
    painting.inputs.label.setCurrentText("church")
    painting.parameters.widgets["steps"].value = 1
    choose(painting, Choice(ALL, 0))
    button = painting.findChild(DistanceButton)
    click(qtbot, button)
    dialog = button.dialog
    assert dialog._about.text().endswith(SHOWN_ONLY)
    assert done(dialog, qtbot).endswith("measured, of the slice shown.")


def test_the_live_brush(stack: Image, painting: SynthesisDock, qtbot: QtBot) -> None:
    box = painting.history.keep_frames
    painting.task.value = "palette"
    painting.inputs.palette.set_row(1, "church")
    choose(painting, Choice(SHOWN))
    click(qtbot, box)
    choose(painting, Choice(ALL, 0))
    assert not box.isEnabled() and box.toolTip() == "A run on all slices keeps no frames"
    click(qtbot, painting.inputs.palette.live)
    assert isinstance(painting.session, LiveSession) and box.toolTip() == "The live brush keeps no frames"
    assert errors() == ["The live brush paints on the slice that is shown, not on all, and keeps no frames"]
    click(qtbot, painting.stop_button)
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)
    choose(painting, Choice(SHOWN))
    assert box.isEnabled() and box.isChecked()


def test_what_draws_from_an_image_offers_no_slices(stack: Image, painting: SynthesisDock) -> None:
    painting.task.value = "generate"
    assert [choice for choice, _ in offered(painting)] == [Choice(SHOWN), Choice(CHANNELS, 0)]
    painting.task.value = "paint"
    assert Choice(ALL, 0) in [choice for choice, _ in offered(painting)]


def test_earlier_frames_leave_less_room(painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    viewer.show()
    click(qtbot, painting.history.keep_frames)
    press(painting)
    qtbot.waitUntil(lambda: any(STEPS in layer.metadata for layer in viewer.layers), timeout=30_000)
    (frames,) = [layer for layer in viewer.layers if STEPS in layer.metadata]
    assert room() == history_limit() - held() - frames.data.nbytes
