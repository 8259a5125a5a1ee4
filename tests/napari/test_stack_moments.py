"""Whatever happens at a moment of a run on all slices: a clean end, and a dock that runs again."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.offers import ALL, Choice
from napari_robust_synth._napari.layers.recipes import SLICES
from napari_robust_synth._napari.stack.session import StackSession

from .conftest import errors
from .moments import ACTS, click, ended, landing, paused, pressed, results
from .scopes import choose, together


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    together(monkeypatch, 1)


def begin(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, steps: int = 60) -> None:
    """Fill the form anew, and start a run on three slices."""
    viewer.layers.clear()
    photo, mask = np.random.default_rng(0).integers(0, 255, (3, 72, 96), np.uint8), np.zeros((3, 72, 96), np.uint8)
    mask[:, 20:50, 30:60] = 1
    image = viewer.add_image(photo, name="photo", contrast_limits=(0, 255))
    labels = viewer.add_labels(mask, name="region")
    dock.task.value = "paint"
    dock.inputs.image_layer.value, dock.inputs.mask_layer.value = image, labels
    dock.inputs.label.setCurrentText("church")
    choose(dock, Choice(ALL, 0))
    dock.parameters.widgets["steps"].value = steps
    qtbot.waitUntil(dock.run_button.isEnabled, timeout=30_000)
    click(qtbot, dock.run_button)
    assert isinstance(dock.session, StackSession)


def second(dock: SynthesisDock, qtbot: QtBot) -> None:
    """The first slice is done, the second one under way."""
    qtbot.waitUntil(lambda: dock.bar.value() > 65, timeout=60_000)


@pytest.mark.parametrize("what", ACTS)
def test_at_every_moment(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, what: str) -> None:
    for moment in (pressed, paused, second, landing):
        begin(dock, viewer, qtbot)
        moment(dock, qtbot)
        ACTS[what](dock, viewer, qtbot)
        qtbot.wait(30)
        ended(dock, viewer, qtbot)
        assert errors() == [], moment.__name__
        if moment is second:
            (result,) = results(viewer)
            assert len(result.metadata[SLICES]["slices"]) in (1, 2) and result.data.shape == (3, 72, 96)
    begin(dock, viewer, qtbot, steps=1)
    qtbot.waitUntil(lambda: dock.session is None, timeout=30_000)
    assert results(viewer), "it runs again"


@pytest.mark.parametrize("moment", [pressed, second])
def test_the_viewer_is_closed(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, moment: Callable) -> None:
    begin(dock, viewer, qtbot)
    worker = dock.session.worker
    moment(dock, qtbot)
    viewer.close()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=30_000)
    assert errors() == []
