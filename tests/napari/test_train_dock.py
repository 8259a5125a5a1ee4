"""The dock that trains, used with clicks and keys: what it asks, and a classifier in the end."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.crops import TILES
from napari_robust_synth._napari.training.dock import TrainDock
from napari_robust_synth._napari.training.panels import FOLDER
from napari_robust_synth._napari.training.process import trainings
from napari_robust_synth._napari.training.view import OWN
from napari_robust_synth._napari.window.docks import open_dock
from napari_robust_synth.models import load_classifier
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.tasks import classify

from .conftest import errors
from .hands import TINY, Open, click, rename, show, type_into, wait_for_end


def test_a_labelled_image_becomes_a_classifier_to_draw_with(
    window: Open, home: Path, picture: tuple[np.ndarray, np.ndarray], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "tiny.toml").write_text(TINY.replace("epochs = 3", "epochs = 12").replace("0.002", "0.01"))
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
    main = open_dock(viewer, "Robust Synthesis")
    assert isinstance(main, SynthesisDock)
    qtbot.waitUntil(lambda: "classifier ready" in main.status.text(), timeout=60_000)
    assert Path(main.model.value).name == "things"
    assert [main.inputs.label.itemText(i) for i in range(main.inputs.label.count())] == ["disc", "square"]


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


def test_a_folder_has_the_names_of_the_config_until_the_user_says_more(
    window: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("n1", "n2"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "0.png").touch()
    (tmp_path / "own.toml").write_text('[classes]\nn1 = "cat"\nn2 = "dog"\n')
    _, dock = window()
    dock.source.kind.value = FOLDER
    type_into(qtbot, dock.source.folder.line_edit.native, str(tmp_path / "data"))
    qtbot.waitUntil(lambda: dock.source.table.names() == {"n1": "n1", "n2": "n2"}, timeout=5_000)
    rename(qtbot, dock, 1, "hound")
    dock.config.value = OWN
    type_into(qtbot, dock.file.line_edit.native, str(tmp_path / "own.toml"))
    qtbot.waitUntil(lambda: dock.source.table.names() == {"n1": "cat", "n2": "hound"}, timeout=5_000)


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
}


@pytest.mark.parametrize("message", SPOILED)
def test_refuses_in_one_line_and_writes_nothing(ready: tuple[Viewer, TrainDock], qtbot: QtBot, message: str) -> None:
    SPOILED[message](*ready)
    _, dock = ready
    click(qtbot, dock.train_button)
    wait_for_end(qtbot, dock)
    assert len(errors()) == 1 and message in errors()[0] and "\n" not in errors()[0]
    assert not models_folder().exists()
