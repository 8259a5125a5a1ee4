"""Whatever happens to layers, window and settings at a moment of a run: a clean end, and a dock that runs again."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from napari import Viewer
from napari.layers import Image
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari import request as request_module
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.keeper import keeper_of
from napari_robust_synth.tasks import Job, Live

from .brush import labels_of
from .conftest import PLACE, errors
from .hands import click

Press = Callable[..., None]
Act = Callable[[SynthesisDock, Viewer, QtBot], None]
MANY = 2000


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
    dock.model.changed.emit(dock.model.value)
    dock.device.changed.emit(dock.device.value)


def press_again(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    before = dock.session
    click(qtbot, dock.run_button)
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


@pytest.fixture
def begin(
    dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray, mask: np.ndarray
) -> Callable[[str], None]:
    """Fill the form anew, and start a run of 2000 steps of one of two kinds."""

    viewer.window.resize(1200, 900)
    viewer.show()

    def begin(kind: str) -> None:
        viewer.layers.clear()
        viewer.dims.ndisplay = 2
        viewer.add_image(photo, rgb=True, name="below")  # Mesa crashes when Labels become the lowest layer
        image = viewer.add_image(photo, name="photo", rgb=True, **PLACE)
        labels = viewer.add_labels(mask.astype(np.uint8), name="region", **PLACE)
        dock.task.value = "palette" if kind == "live" else "paint"
        dock.inputs.image_layer.value, dock.inputs.mask_layer.value = image, labels
        dock.inputs.label.setCurrentText("church")
        dock.inputs.palette.set_row(1, "church")
        dock.parameters.widgets["steps"].value = MANY
        qtbot.waitUntil(dock.run_button.isEnabled, timeout=30_000)
        click(qtbot, dock.inputs.palette.live if kind == "live" else dock.run_button)
        assert dock.session is not None

    return begin


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


@pytest.mark.parametrize("kind", ["run", "live"])
@pytest.mark.parametrize("what", ACTS)
def test_at_every_moment(
    dock: SynthesisDock, viewer: Viewer, begin: Callable[[str], None], qtbot: QtBot, what: str, kind: str
) -> None:
    for moment in MOMENTS:
        begin(kind)
        moment(dock, qtbot)
        ACTS[what](dock, viewer, qtbot)
        qtbot.wait(30)
        ended(dock, viewer, qtbot)
        assert errors() == [], moment.__name__
        if moment is not pressed and not (moment is landing and what.endswith("removed")):
            assert results(viewer), moment.__name__
    begin(kind)
    landing(dock, qtbot)
    assert results(viewer), "it runs again"


@pytest.mark.parametrize("kind", ["run", "live"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_viewer_is_closed(
    dock: SynthesisDock, viewer: Viewer, begin: Callable[[str], None], qtbot: QtBot, moment: Callable, kind: str
) -> None:
    begin(kind)
    worker = dock.session.worker
    moment(dock, qtbot)
    viewer.close()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=30_000)
    assert errors() == []


POINTS = {
    "loading": (request_module, "classifier", 0),
    "making the job": (Job, "__init__", 0),
    "a step": (Job, "_problem", 0),
    "a frame": (Job, "preview", 2),
    "the result": (Job, "result", 0),
    "making the painting": (Live, "__init__", 0),
    "a stroke": (Live, "paint", 0),
    "a live step": (Live, "advance", 3),
    "the live result": (Live, "result", 1),
}


@pytest.mark.parametrize("error", [MemoryError, torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")])
@pytest.mark.parametrize("point", POINTS)
def test_out_of_memory(
    dock: SynthesisDock,
    viewer: Viewer,
    begin: Callable[[str], None],
    qtbot: QtBot,
    point: str,
    error: Exception | type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, name, after = POINTS[point]
    kind = "live" if home is Live else "run"
    real, calls = getattr(home, name), []

    def fails(*args: object, **options: object) -> object:
        calls.append(name)
        if len(calls) > after:
            raise error
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(home, name, fails)
        begin(kind)
        if point.endswith("result"):
            stopping(dock, qtbot)
        qtbot.waitUntil(lambda: dock.session is None, timeout=30_000)
    ended(dock, viewer, qtbot)
    assert len(errors()) == 1 and "memory" in errors()[0] and "\n" not in errors()[0]
    assert len(viewer.layers) == 3 and not results(viewer)
    begin(kind)
    landing(dock, qtbot)
    assert results(viewer), "it runs again"
    if kind == "live":
        assert labels_of(dock).data.any()
