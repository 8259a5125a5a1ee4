"""A viewer with the dock, on the tiny classifier."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer, settings
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt, QThreadPool

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.history.dock import HistoryDock
from napari_robust_synth._napari.history.keeper import Keeper, keeper_of
from napari_robust_synth._napari.training import process as training_process
from napari_robust_synth._napari.training.dock import TrainDock
from napari_robust_synth._napari.window import preferences as preferences_module
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.models.store import keep_in

from .brush import STEPS
from .hands import Choose, Open, Reopen, click, reopened, show
from .quickly import *  # noqa: F403

PLACE = {"scale": (2, 3), "translate": (5, 7), "rotate": 30}


@pytest.fixture(autouse=True)
def preferences() -> Iterator[None]:
    """The preferences as they are at first; changes are kept nowhere."""
    settings._clear_plugin_settings_cache()
    settings.get_plugin_settings(path_dir=None)
    preferences_module._told.clear()
    yield
    keep_in(None)
    settings._clear_plugin_settings_cache()


@pytest.fixture
def viewer(make_napari_viewer: Callable[[], Viewer]) -> Viewer:
    return make_napari_viewer()


@pytest.fixture
def reopen(viewer: Viewer, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Reopen]:
    """Open the dock, on the tiny classifier, after closing the one given."""
    monkeypatch.setitem(ZOO, "bundled", ZooEntry("bundled", tiny_model_folder))
    notification_manager.records.clear()
    yield lambda old=None: reopened(viewer, old, qtbot)
    QThreadPool.globalInstance().waitForDone(30_000)  # a worker that outlives Qt ends the process


@pytest.fixture
def dock(reopen: Reopen, qtbot: QtBot) -> Iterator[SynthesisDock]:
    dock = reopen()
    notification_manager.records.clear()
    yield dock
    if dock.session is not None:
        dock.session.abandon()
        qtbot.waitUntil(lambda: not dock.session.worker.is_running, timeout=10_000)


@pytest.fixture
def painting(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray, mask: np.ndarray) -> SynthesisDock:
    """The dock, ready to paint a church into a region of the photo."""
    viewer.add_image(photo, name="photo", rgb=True, **PLACE)
    viewer.add_labels(mask.astype(np.uint8), name="region", **PLACE)
    dock.inputs.label.setCurrentText("church")
    dock.parameters.widgets["steps"].value = 5
    return dock


@pytest.fixture
def press(qtbot: QtBot) -> Callable[..., None]:
    """Click a button of the dock, and wait for a run to end."""

    def click(dock: SynthesisDock, button: str = "run_button", *, wait: bool = True) -> None:
        qtbot.mouseClick(getattr(dock, button), Qt.MouseButton.LeftButton)
        if wait:
            qtbot.waitUntil(lambda: dock.session is None, timeout=30_000)

    return click


@pytest.fixture
def keeper(viewer: Viewer, painting: SynthesisDock) -> Keeper:
    painting.parameters.widgets["steps"].value = 1
    viewer.show()
    return keeper_of(viewer)


@pytest.fixture
def settle(keeper: Keeper, qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)


@pytest.fixture
def history(keeper: Keeper, viewer: Viewer) -> HistoryDock:
    dock = HistoryDock(viewer)
    viewer.window.add_dock_widget(dock, name="Edit history")
    return dock


@pytest.fixture
def run(painting: SynthesisDock, press: Callable[..., None], settle: Callable[[], None]) -> Callable[[str], np.ndarray]:
    """Press Run for a class; returns what the result layer shows then."""

    def go(label: str) -> np.ndarray:
        painting.inputs.label.setCurrentText(label)
        press(painting)
        settle()
        return painting.history._keeper.active.layer.data.copy()

    return go


@pytest.fixture
def two_runs(run: Callable[[str], np.ndarray], photo: np.ndarray) -> list[np.ndarray]:
    return [photo.copy(), run("church"), run("tench")]


def errors() -> list[str]:
    """Return the messages napari has shown."""
    return [str(n.message) for n in notification_manager.records]


@pytest.fixture
def stand_in(home: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let something else stand for `train`, see `stand_in.py`; it has ended with the test."""

    def choose(mode: str) -> None:
        script = str(Path(__file__).with_name("stand_in.py"))
        monkeypatch.setattr(training_process, "PROGRAM", (sys.executable, script, mode, str(tiny_model_folder)))

    yield choose
    for training in training_process.trainings():
        training.kill()
    for child in training_process._children.values():
        child.wait(30)


@pytest.fixture
def window(home: Path, make_napari_viewer: Callable[..., Viewer]) -> Open:
    """Open a viewer with the dock, the one hidden, the other floating beside it; may be called again."""

    def make() -> tuple[Viewer, TrainDock]:
        viewer = make_napari_viewer()
        area, dock = viewer.window.add_plugin_dock_widget(PLUGIN, "Train classifier")
        area.setFloating(True)
        area.resize(400, 900)
        area.show()
        notification_manager.records.clear()
        return viewer, dock

    return make


@pytest.fixture
def picture() -> tuple[np.ndarray, np.ndarray]:
    """Twelve bright discs, of label 1, and twelve dark squares, of label 2, on grey; and their labels."""
    random = np.random.default_rng(0)
    pixels, labels = random.integers(90, 130, (160, 240), np.uint8), np.zeros((160, 240), np.uint8)
    y, x = np.mgrid[-10:11, -10:11]
    for i in range(24):
        top, left = 10 + 38 * (i // 6), 10 + 38 * (i % 6)
        inside = y**2 + x**2 < 100 if i % 2 else np.maximum(abs(y), abs(x)) < 9
        part = slice(top, top + 21), slice(left, left + 21)
        pixels[part][inside] = random.integers(200, 250) if i % 2 else random.integers(0, 40)
        labels[part][inside] = 1 if i % 2 else 2
    return pixels, labels


@pytest.fixture
def ready(
    window: Open, picture: tuple[np.ndarray, np.ndarray], stand_in: Choose, qtbot: QtBot
) -> tuple[Viewer, TrainDock]:
    """A labelled image, ready to train on; what trains is a stand-in."""
    viewer, dock = window()
    stand_in("quick")
    show(viewer, dock, picture, qtbot)
    return viewer, dock


@pytest.fixture
def live(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray, qtbot: QtBot) -> SynthesisDock:
    """The dock with the live brush on, over a photo and an empty Labels layer, which is ready to paint."""
    viewer.window.resize(1200, 900)
    viewer.show()
    viewer.add_image(photo, name="photo", rgb=True, **PLACE)
    dock.task.value = "palette"
    dock.inputs.new_mask.click()
    dock.inputs.palette.set_row(1, "church")
    dock.inputs.palette.set_row(2, "7")
    dock.parameters.widgets["steps"].value = STEPS
    dock.parameters.widgets["step_size"].value = 3.0
    click(qtbot, dock.inputs.palette.live)
    return dock
