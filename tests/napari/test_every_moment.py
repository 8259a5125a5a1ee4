"""Whatever happens to layers, window and settings at a moment of a run: a clean end, and a dock that runs again."""

from collections.abc import Callable

import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock

from .conftest import errors
from .moments import ACTS, MOMENTS, begin, ended, landing, pressed, results


@pytest.mark.parametrize("kind", ["run", "live"])
@pytest.mark.parametrize("what", ACTS)
def test_at_every_moment(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, what: str, kind: str) -> None:
    for moment in MOMENTS:
        begin(kind, dock, viewer, qtbot)
        moment(dock, qtbot)
        ACTS[what](dock, viewer, qtbot)
        qtbot.wait(30)
        ended(dock, viewer, qtbot)
        assert errors() == [], moment.__name__
        if moment is not pressed and not (moment is landing and what.endswith("removed")):
            assert results(viewer), moment.__name__
    begin(kind, dock, viewer, qtbot)
    landing(dock, qtbot)
    assert results(viewer), "it runs again"


@pytest.mark.parametrize("kind", ["run", "live"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_viewer_is_closed(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, moment: Callable, kind: str) -> None:
    begin(kind, dock, viewer, qtbot)
    worker = dock.session.worker
    moment(dock, qtbot)
    viewer.close()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=30_000)
    qtbot.wait(100)  # what was to be told of the last frames would come by now
    assert errors() == []
