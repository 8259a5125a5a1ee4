"""The dock that trains, used with clicks and keys."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.utils.notifications import notification_manager
from PIL import Image
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt, QThreadPool, QTimer
from qtpy.QtWidgets import QApplication, QLineEdit, QWidget

from napari_robust_synth._napari import loading, training_watch
from napari_robust_synth._napari.crops import TILES
from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.train_closing import GO_ON, STOP
from napari_robust_synth._napari.train_dock import TrainDock
from napari_robust_synth._napari.train_panels import FOLDER
from napari_robust_synth._napari.train_view import OWN
from napari_robust_synth._napari.training_process import Training, trainings
from napari_robust_synth.models import load_classifier
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.tasks import classify

from .conftest import errors

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


def show(viewer: Viewer, dock: TrainDock, picture: tuple[np.ndarray, np.ndarray], qtbot: QtBot) -> None:
    viewer.add_image(picture[0], name="things", contrast_limits=(0, 255))
    viewer.add_labels(picture[1], name="examples")
    qtbot.waitUntil(lambda: dock.source.table.rowCount() == 2, timeout=10_000)


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


def test_a_labelled_image_becomes_a_classifier_to_draw_with(
    window: Open, home: Path, picture: tuple[np.ndarray, np.ndarray], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    viewer, dock = window()
    show(viewer, dock, picture, qtbot)
    rename(qtbot, dock, 0, "disc")
    rename(qtbot, dock, 1, "square")
    dock.config.native.setFocus()
    qtbot.keyClick(dock.config.native, Qt.Key.Key_End)
    assert dock.config.value == OWN
    type_into(qtbot, dock.file.line_edit.native, str(tmp_path / "tiny.toml"))
    type_into(qtbot, dock.model_name.native, "things")
    qtbot.waitUntil(lambda: "22 crops to train on, 2 to validate on" in dock.hint.text(), timeout=10_000)
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 1, timeout=300_000)
    assert dock.curves.isVisible() and not dock.inner.isEnabled()
    wait_for_end(qtbot, dock)
    assert errors() == [dock.status.text()] and "'things' is trained: clean accuracy" in errors()[0]
    folder = models_folder() / "things"
    qtbot.waitUntil(lambda: trainings() == [], timeout=5_000)
    assert {"data", "training.toml", "training.log", "events.jsonl"}.isdisjoint(path.name for path in folder.iterdir())
    model = load_classifier(folder)
    assert model.class_names == ("disc", "square") and model.seeds is not None
    disc, square = picture[0][5:36, 43:74], picture[0][5:36, 5:36]
    assert [classify(model, crop, (0, 255))[0][0] for crop in (disc, square)] == ["disc", "square"]

    click(qtbot, dock.use_button)
    _, main = viewer.window.add_plugin_dock_widget(PLUGIN, "Robust Synthesis")
    assert isinstance(main, SynthesisDock)
    qtbot.waitUntil(lambda: "classifier ready" in main.status.text(), timeout=60_000)
    assert Path(main.model.value).name == "things"
    assert [main.inputs.label.itemText(i) for i in range(main.inputs.label.count())] == ["disc", "square"]
    loading._load.cache_clear()


def test_says_what_to_do_next_and_counts_what_is_painted(window: Open, home: Path, qtbot: QtBot) -> None:
    viewer, dock = window()
    qtbot.waitUntil(lambda: "open a picture and tick it" in dock.hint.text(), timeout=5_000)
    viewer.add_image(np.zeros((200, 300)), name="black", scale=(2, 2))
    qtbot.waitUntil(lambda: "press +" in dock.hint.text(), timeout=5_000)
    click(qtbot, dock.source.new_marks)
    layer = viewer.layers["black · examples"]
    assert layer.data.shape == (200, 300) and (layer.scale == 2).all() and layer.mode == "paint"
    qtbot.waitUntil(lambda: "Nothing is marked" in dock.hint.text(), timeout=5_000)
    layer.brush_size = 10
    layer.paint((50, 50), 1)
    qtbot.waitUntil(lambda: "There is one class, 'label 1'" in dock.hint.text(), timeout=5_000)
    layer.paint((50, 100), 3)
    qtbot.waitUntil(lambda: dock.source.table.rowCount() == 2, timeout=5_000)
    assert "class 'label 1' has 1 crop, but 10 are needed" in dock.hint.text().lower()
    rename(qtbot, dock, 1, "blob")
    layer.paint((50, 150), 3)
    qtbot.waitUntil(lambda: dock.source.table.item(1, 1).text() == "2 of 10", timeout=5_000)
    assert dock.source.table.names() == {"1": "label 1", "3": "blob"}
    dock.source.cutting.value, dock.source.side.value = TILES, 16
    qtbot.waitUntil(lambda: dock.source.table.item(1, 1).text() == "0 of 10", timeout=5_000)


def add_pyramid(viewer: Viewer, dock: TrainDock) -> None:
    pyramid = viewer.add_image([np.zeros((64, 64)), np.zeros((32, 32))], name="pyramid", multiscale=True)
    dock.source.tick([pyramid])


def few(viewer: Viewer, dock: TrainDock) -> None:
    viewer.layers["examples"].data[50:] = 0


def one(viewer: Viewer, dock: TrainDock) -> None:
    viewer.layers["examples"].data[:] = 1


def none(viewer: Viewer, dock: TrainDock) -> None:
    viewer.layers["examples"].data[:] = 0


SPOILED: dict[str, Callable[[Viewer, TrainDock], object]] = {
    "There is no image": lambda viewer, dock: viewer.layers.remove("things"),
    "There are no examples": lambda viewer, dock: viewer.layers.remove("examples"),
    "nothing is marked": none,
    "there is one class, 'label 1', but a classifier needs two": one,
    "class 'label 2' has 3 crops, but 10 are needed": few,
    "the name is '../up', expected letters": lambda viewer, dock: dock.model_name.native.setText("../up"),
    "there is a model 'bundled' already": lambda viewer, dock: dock.model_name.native.setText("bundled"),
    "There is no folder": lambda viewer, dock: setattr(dock.source.kind, "value", FOLDER),
    "There is no config": lambda viewer, dock: setattr(dock.config, "value", OWN),
    "several scales": add_pyramid,
}


@pytest.mark.parametrize("message", SPOILED)
def test_refuses_in_one_line_and_writes_nothing(ready: tuple[Viewer, TrainDock], qtbot: QtBot, message: str) -> None:
    SPOILED[message](*ready)
    _, dock = ready
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert len(errors()) == 1 and message in errors()[0] and "\n" not in errors()[0]
    assert not models_folder().exists()


def test_cancel_resume_and_a_name_that_is_taken(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot
) -> None:
    _, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: " left" in dock.status.text(), timeout=30_000)
    assert not dock.resume_button.isVisible()
    click(qtbot, dock.cancel_button)
    wait_for_end(qtbot, dock)
    assert dock.status.text() == "Stopped. Resume goes on from the last checkpoint." and errors() == []
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert len(errors()) == 1 and "press Resume, or choose another name" in errors()[0]
    click(qtbot, dock.resume_button)
    wait_for_end(qtbot, dock)
    assert dock.status.text().startswith("'my classifier' is trained") and dock.use_button.isVisible()
    assert dock.model_name.value == "my classifier 2"
    dock.model_name.value = "my classifier"
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert "there is a model 'my classifier' already" in errors()[-1]


def test_cancel_in_the_activity_dock_and_a_process_that_does_not_listen(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, dock = ready
    stand_in("deaf")
    monkeypatch.setattr(training_watch, "GRACE_MS", 300)
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    dock.watch._bars[0].cancel()
    wait_for_end(qtbot, dock)
    assert dock.resume_button.isVisible() and errors() == []


def test_a_training_that_fails(ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot) -> None:
    _, dock = ready
    stand_in("early")
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert errors() == ["the training of 'my classifier' failed: the pictures are no good"]
    assert "Nothing was kept" in dock.status.text()
    qtbot.waitUntil(lambda: list(models_folder().iterdir()) == [], timeout=5_000)


def test_cancelled_before_it_began(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, dock = ready
    dock.train_button.click()
    dock.cancel_button.click()
    wait_for_end(qtbot, dock)
    assert errors() == [] and dock.status.text() == "Cancelled; nothing was kept."
    assert list(models_folder().iterdir()) == []


def close(viewer: Viewer, qtbot: QtBot, answer: str) -> None:
    """Close the viewer, and answer what it asks."""
    answered = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        qtbot.mouseClick(next(button for button in box.buttons() if button.text() == answer), LEFT)
        answered.append(box)

    QTimer.singleShot(300, press)
    QTimer.singleShot(0, viewer.close)  # in the event loop, where windows are closed
    qtbot.waitUntil(lambda: bool(answered), timeout=10_000)
    qtbot.wait(100)


def test_goes_on_when_the_window_closes_and_is_found_again(
    ready: tuple[Viewer, TrainDock], window: Open, stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    close(viewer, qtbot, GO_ON)
    assert trainings()[0].running
    _, again = window()
    qtbot.waitUntil(lambda: len(again.curves.events) > 3, timeout=30_000)
    assert again.cancel_button.isEnabled() and "my classifier" in again.watch._bars[0].desc
    click(qtbot, again.cancel_button)
    wait_for_end(qtbot, again)
    assert again.resume_button.isVisible()


def test_a_script_that_closes_the_viewer_is_not_asked(
    ready: tuple[Viewer, TrainDock], stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    viewer.close()
    assert trainings()[0].running


def test_stops_when_the_window_closes_and_resumes_later(
    ready: tuple[Viewer, TrainDock], window: Open, stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("slow")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: len(dock.curves.events) > 0, timeout=30_000)
    close(viewer, qtbot, STOP)
    qtbot.waitUntil(lambda: not trainings()[0].running, timeout=10_000)
    _, again = window()
    qtbot.waitUntil(lambda: bool(again.status.text()), timeout=5_000)
    assert "'my classifier' was stopped" in again.status.text()
    click(qtbot, again.resume_button)
    wait_for_end(qtbot, again)
    assert again.use_button.isVisible()


def test_what_ended_without_a_window_is_offered_by_the_next(
    ready: tuple[Viewer, TrainDock], window: Open, stand_in: Choose, qtbot: QtBot
) -> None:
    viewer, dock = ready
    stand_in("long")
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: dock.watch.running, timeout=30_000)
    close(viewer, qtbot, GO_ON)
    qtbot.waitUntil(lambda: not trainings()[0].running, timeout=30_000)
    _, again = window()
    qtbot.waitUntil(lambda: bool(again.status.text()), timeout=5_000)
    assert again.use_button.isVisible() and again.status.text() == "'my classifier' is trained"
    qtbot.waitUntil(lambda: trainings() == [], timeout=5_000)


def test_what_failed_without_a_window_is_told_by_the_next(window: Open, stand_in: Choose, qtbot: QtBot) -> None:
    stand_in("early")
    folder = models_folder() / "mine"
    folder.mkdir(parents=True)
    training = Training(folder).start(folder)
    qtbot.waitUntil(lambda: not training.running, timeout=30_000)
    window()
    qtbot.waitUntil(lambda: bool(errors()), timeout=5_000)
    assert errors() == ["the training of 'mine' failed: the pictures are no good"]
    qtbot.waitUntil(lambda: not folder.exists(), timeout=5_000)


def test_a_folder_of_pictures(window: Open, stand_in: Choose, tmp_path: Path, qtbot: QtBot) -> None:
    stand_in("quick")
    for name, count in (("trainA", 12), ("trainB", 11)):
        (tmp_path / "pair" / name).mkdir(parents=True)
        for i in range(count):
            Image.new("L", (8, 8)).save(tmp_path / "pair" / name / f"{i}.png")
    _, dock = window()
    dock.source.kind.value = FOLDER
    type_into(qtbot, dock.source.folder.line_edit.native, str(tmp_path / "pair"))
    qtbot.waitUntil(lambda: dock.source.table.rowCount() == 2, timeout=10_000)
    rename(qtbot, dock, 0, "cat")
    assert dock.source.table.names() == {"A": "cat", "B": "B"}
    assert [dock.source.table.item(row, 1).text() for row in (0, 1)] == ["12", "11"]
    dock.config.value = "domain-pair"
    click(qtbot, dock.train_button)
    qtbot.waitUntil(lambda: dock.watch.running, timeout=30_000)
    config = (models_folder() / "my classifier" / "training.toml").read_text()
    assert 'A = "cat"' in config and "hold_out = 0.1" in config
    wait_for_end(qtbot, dock)
    assert dock.use_button.isVisible() and (tmp_path / "pair" / "trainA" / "0.png").exists()
