"""Another classifier, fetched or opened with real clicks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QWidget

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.models.choice import MORE, OPEN
from napari_robust_synth._napari.models.zoo_dialog import ZooDialog
from napari_robust_synth.models import ZooEntry
from tests import server as bad
from tests.server import HALF, Server

from .conftest import errors

Press = Callable[..., None]


def items(dock: SynthesisDock) -> list[str]:
    return [dock.model.native.itemText(i) for i in range(dock.model.native.count())]


def choose(dock: SynthesisDock, qtbot: QtBot, text: str) -> None:
    """Choose an item of the combo box with the keyboard in its list."""
    combo = dock.model.native
    combo.showPopup()
    combo.view().setCurrentIndex(combo.model().index(combo.findText(text), 0))
    qtbot.keyClick(combo.view(), Qt.Key.Key_Return)


@pytest.fixture
def click(qtbot: QtBot) -> Callable[[QWidget], None]:
    return lambda widget: qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.fixture
def dialog(dock: SynthesisDock, offered: ZooEntry, qtbot: QtBot) -> ZooDialog:
    """The window of models, with `offered` selected by a click."""
    choose(dock, qtbot, MORE)
    dialog = dock.model.dialog
    assert dialog is not None and dialog.isVisible()
    qtbot.keyClicks(dialog.filter, "offered")
    shown = [dialog.table.topLevelItem(i) for i in range(dialog.table.topLevelItemCount())]
    (item,) = (item for item in shown if not item.isHidden())
    assert [item.text(i) for i in range(4)] == [
        "offered",
        "resnet18, 64 px, l2 eps 3 at 64 px; pictures",
        "1 MB",
        "MIT",
    ]
    assert not dialog.fetch_button.isEnabled()
    place = dialog.table.visualItemRect(item).center()
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.fetch_button.isEnabled() and not dialog.cancel_button.isEnabled()
    return dialog


def test_fetched_and_chosen(
    dock: SynthesisDock, dialog: ZooDialog, click: Callable[[QWidget], None], qtbot: QtBot
) -> None:
    assert dock.model.value == "bundled" and dock.model.native.currentText() == "bundled"
    click(dialog.fetch_button)
    assert not dialog.fetch_button.isEnabled() and dialog.cancel_button.isEnabled()
    qtbot.waitUntil(lambda: dock.model.value == "offered", timeout=10_000)
    assert not dialog.isVisible()
    assert items(dock) == ["bundled", "offered", "", MORE, OPEN]
    assert dock.model.native.currentText() == "offered"
    qtbot.waitUntil(lambda: "offered classifier ready" in dock.status.text(), timeout=30_000)
    assert errors() == []


def test_cancelled_then_gone_on_with(
    dock: SynthesisDock, dialog: ZooDialog, click: Callable[[QWidget], None], server: Server, qtbot: QtBot
) -> None:
    server.behave = bad.stall
    click(dialog.fetch_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=10_000)
    assert dialog.status.text().endswith("of 1.0 MB")
    click(dialog.cancel_button)
    qtbot.waitUntil(lambda: "goes on from there" in dialog.status.text(), timeout=5_000)
    assert errors() == [] and dialog.isVisible()
    server.behave = bad.well
    dialog.table.topLevelItem(dialog.table.topLevelItemCount() - 1).setSelected(True)
    click(dialog.fetch_button)
    qtbot.waitUntil(lambda: dock.model.value == "offered", timeout=10_000)
    start = int(str(server.asked[-1]).removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= HALF


def test_a_failure_is_a_notification(
    dock: SynthesisDock, dialog: ZooDialog, click: Callable[[QWidget], None], server: Server, qtbot: QtBot
) -> None:
    server.behave = bad.status(404)
    click(dialog.fetch_button)
    qtbot.waitUntil(lambda: errors() != [], timeout=10_000)
    (line,) = errors()
    assert "(404)" in line and "model.ckpt yourself" in line and "\n" not in line
    assert dialog.status.text() == line and dialog.job is None
    assert dock.model.value == "bundled"


def test_closed_while_fetching(
    dialog: ZooDialog, click: Callable[[QWidget], None], server: Server, qtbot: QtBot
) -> None:
    server.behave = bad.stall
    click(dialog.fetch_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=10_000)
    job = dialog.job
    assert job is not None
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dialog.job is None, timeout=5_000)
    assert job.cancelled and errors() == []


def test_viewer_closed_while_fetching(
    viewer: Viewer, dialog: ZooDialog, click: Callable[[QWidget], None], server: Server, qtbot: QtBot
) -> None:
    server.behave = bad.stall
    click(dialog.fetch_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=10_000)
    job = dialog.job
    assert job is not None
    viewer.close()
    qtbot.waitUntil(lambda: job.cancelled, timeout=5_000)
    assert errors() == []


def test_open_a_folder_of_ours(
    painting: SynthesisDock,
    viewer: Viewer,
    press: Press,
    tiny_model_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tiny_model_folder / "model.safetensors"), ""))
    choose(painting, qtbot, OPEN)
    assert painting.model.value == str(tiny_model_folder)
    assert items(painting) == ["bundled", "tiny", "", MORE, OPEN]
    press(painting)
    assert errors() == []
    assert viewer.layers[-1].metadata[RECIPE]["model"] == str(tiny_model_folder)
    painting.model.open(tiny_model_folder)
    assert items(painting) == ["bundled", "tiny", "", MORE, OPEN]


def test_open_something_else(
    dock: SynthesisDock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "photo.png"), ""))
    choose(dock, qtbot, OPEN)
    (line,) = errors()
    assert "is not a model folder" in line
    assert dock.model.value == "bundled" and dock.model.native.currentText() == "bundled"


def test_open_nothing(dock: SynthesisDock, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    choose(dock, qtbot, OPEN)
    assert dock.model.value == "bundled" and errors() == []


def test_a_model_that_went_away(dock: SynthesisDock, tmp_path: Path) -> None:
    dock.model.value = str(tmp_path / "gone")
    assert len(errors()) == 1 and "'gone'" in errors()[0].replace(str(tmp_path) + "/", "")
    assert dock.model.value == "bundled"
