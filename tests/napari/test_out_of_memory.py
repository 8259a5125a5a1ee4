"""Memory that runs out at any point of a run: one line, nothing half done, and a dock that runs again."""

import pytest
import torch
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.running import request as request_module
from napari_robust_synth.tasks import Job, Live

from .conftest import errors
from .moments import begin, ended, landing, results, stopping

POINTS = {
    "loading": (request_module, "classifier", 0),
    "making the job": (Job, "__init__", 0),
    "a step": (Job, "problem", 0),
    "a frame": (Job, "preview", 2),
    "the result": (Job, "result", 0),
    "making the painting": (Live, "__init__", 0),
    "a stroke": (Live, "paint", 0),
    "a live step": (Live, "advance", 3),
    "the live result": (Live, "result", 1),
}


@pytest.mark.parametrize("point", POINTS)
def test_out_of_memory(
    dock: SynthesisDock,
    viewer: Viewer,
    qtbot: QtBot,
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, name, after = POINTS[point]
    kind = "live" if home is Live else "run"
    real, calls = getattr(home, name), []

    def fails(*args: object, **options: object) -> object:
        calls.append(name)
        if len(calls) > after:
            raise MemoryError if len(point) % 2 else torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(home, name, fails)
        begin(kind, dock, viewer, qtbot)
        if point.endswith("result"):
            stopping(dock, qtbot)
        qtbot.waitUntil(lambda: dock.session is None, timeout=30_000)
    ended(dock, viewer, qtbot)
    assert len(errors()) == 1 and "memory" in errors()[0] and "\n" not in errors()[0]
    kept = point == "a live step"  # what the steps before it painted
    assert len(results(viewer)) == kept and len(viewer.layers) == 2 + kept
    begin(kind, dock, viewer, qtbot)
    landing(dock, qtbot)
    assert results(viewer), "it runs again"
