"""The preferences: a page of their own, used by the docks; what is wrong there is told in a line and not used."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from napari import Viewer, settings
from napari._qt.dialogs.preferences_dialog import PreferencesDialog
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QThreadPool
from qtpy.QtWidgets import QComboBox, QLineEdit, QSpinBox

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.training.dock import TrainDock
from napari_robust_synth._napari.window.preferences import frame_seconds, preferred_device, preferred_model, use_folder
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.models.store import HOME_VARIABLE, home_folder, models_folder

from .conftest import errors


@pytest.fixture
def chosen() -> Any:
    return settings.get_plugin_settings(PLUGIN)


@pytest.fixture
def open_dock(
    viewer: Viewer, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[Callable[[], SynthesisDock]]:
    monkeypatch.setitem(ZOO, "bundled", ZooEntry("bundled", tiny_model_folder))
    notification_manager.records.clear()

    def make() -> SynthesisDock:
        dock = SynthesisDock(viewer)
        viewer.window.add_dock_widget(dock)
        qtbot.waitUntil(lambda: " ready " in dock.status.text(), timeout=60_000)
        return dock

    yield make
    QThreadPool.globalInstance().waitForDone(30_000)


@pytest.mark.filterwarnings("ignore:Could not resolve type hint")  # of napari's own shortcuts
def test_the_page_has_a_field_for_each(chosen: Any, qtbot: QtBot) -> None:
    dialog = PreferencesDialog()
    qtbot.addWidget(dialog)
    (row,) = (i for i in range(dialog._list.count()) if dialog._list.item(i).text() == "Robust Synthesis")
    page = dialog._stack.widget(row)
    device = next(c for c in page.findChildren(QComboBox) if c.findText("cuda") >= 0)
    device.setCurrentText("cpu")
    rate = next(s for s in page.findChildren(QSpinBox) if s.value() == 15)
    rate.setValue(30)
    model = next(e for e in page.findChildren(QLineEdit) if e.text() == "bundled")
    model.setText("mine")
    assert (chosen.drawing.device, chosen.drawing.frame_rate, chosen.drawing.model) == ("cpu", 30, "mine")
    assert frame_seconds() == 1 / 30 and preferred_device() == "cpu"


@pytest.mark.parametrize(("field", "value"), [("device", "tpu"), ("frame_rate", 0), ("frame_rate", 61)])
def test_what_cannot_be_is_refused(chosen: Any, field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field):
        setattr(chosen.drawing, field, value)


def test_a_dock_opens_with_what_is_preferred(
    chosen: Any, open_dock: Callable[[], SynthesisDock], tiny_model_folder: Path
) -> None:
    shutil.copytree(tiny_model_folder, models_folder() / "mine")
    chosen.drawing.device, chosen.drawing.model = "cpu", "mine"
    dock = open_dock()
    assert (dock.device.value, dock.model.value) == ("cpu", "mine")
    assert dock.status.text() == "mine classifier ready on cpu"


def test_a_folder_as_default_model(
    chosen: Any, open_dock: Callable[[], SynthesisDock], tiny_model_folder: Path
) -> None:
    chosen.drawing.model = str(tiny_model_folder)
    dock = open_dock()
    assert dock.model.value == str(tiny_model_folder) and dock.model.native.currentText() == "tiny"


def test_a_model_that_is_not_there_is_told_once(chosen: Any, open_dock: Callable[[], SynthesisDock]) -> None:
    chosen.drawing.model = "nothing"
    assert open_dock().model.value == preferred_model() == "bundled"
    (message,) = errors()
    assert message.startswith("the default classifier is 'nothing', which can't be used (no model 'nothing'")
    assert message.endswith("see File > Preferences > Robust Synthesis") and "\n" not in message


def test_frames_as_often_as_preferred(
    chosen: Any, painting: SynthesisDock, press: Callable[..., None], qtbot: QtBot
) -> None:
    chosen.drawing.frame_rate = 1
    press(painting, wait=False)
    assert painting.session is not None and painting.session.control.frame_seconds == 1
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)


def test_the_folder_for_models(
    chosen: Any,
    open_dock: Callable[[], SynthesisDock],
    viewer: Viewer,
    home: Path,
    tiny_model_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    chosen.files.folder = str(tmp_path / "models of mine")
    shutil.copytree(tiny_model_folder, tmp_path / "models of mine" / "models" / "mine")
    use_folder()
    assert home_folder() == home, "the environment variable goes first"
    monkeypatch.delenv(HOME_VARIABLE)
    dock = open_dock()
    assert dock.model.native.findText("mine") >= 0 and models_folder() == tmp_path / "models of mine" / "models"
    viewer.window.add_dock_widget(train := TrainDock(viewer))
    train.model_name.value = "mine"
    assert train._named.folder == tmp_path / "models of mine" / "models" / "mine"


@pytest.mark.parametrize("typed", ["models", "{file}"])
def test_a_folder_that_is_none_is_told_once(
    chosen: Any, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv(HOME_VARIABLE)
    usual = home_folder()
    notification_manager.records.clear()
    chosen.files.folder = typed.format(file=tmp_path / "file")
    use_folder()
    use_folder()
    assert home_folder() == usual
    (message,) = errors()
    assert message.startswith("the folder for models is '") and "expected the whole path of a folder" in message
