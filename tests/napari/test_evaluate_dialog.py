"""Evaluate classifier: asked for, followed, cancelled, gone on with, opened; `evaluate` itself, not a stand-in."""

import shutil
from pathlib import Path

import pytest
import torch
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtGui import QDesktopServices

from napari_robust_synth._napari.evaluation import dialog as evaluate_dialog
from napari_robust_synth._napari.evaluation.dialog import EvaluateDialog, evaluate_classifier
from napari_robust_synth._napari.evaluation.process import EvaluationProcess
from napari_robust_synth.models import ModelCard
from napari_robust_synth.models.checkpoints import build, save_model
from tests.evaluation.pictures import make_tree

from .hands import click, type_into


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been opened in the browser."""
    paths: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: paths.append(url.toLocalFile()) or True)
    return paths


@pytest.fixture
def dialog(viewer: Viewer, home: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> EvaluateDialog:
    """The dialog with the tiny model; of the report only two short parts are made."""
    shutil.copytree(tiny_model_folder, home / "models" / "tiny")
    torch.manual_seed(1)
    save_model(home / "models" / "judge", build("resnet18", 3), ModelCard.read(tiny_model_folder))
    start = EvaluationProcess.start
    short = ["--only", "robustness,translation", "--steps", "1"]
    monkeypatch.setattr(EvaluationProcess, "start", lambda self, folder, o: start(self, folder, [*o, *short]))
    evaluate_classifier(viewer)
    dialog = viewer.window._qt_window.findChild(EvaluateDialog)
    dialog.model.value = "tiny"
    dialog.judge.value = "judge"
    return dialog


def choose(dialog: EvaluateDialog, data: Path, qtbot: QtBot) -> None:
    type_into(qtbot, dialog.pictures.line_edit.native, str(data))
    type_into(qtbot, dialog.count.native.lineEdit(), "2")


def test_a_report_opens_at_the_end(dialog: EvaluateDialog, tmp_path: Path, opened: list[str], qtbot: QtBot) -> None:
    assert not dialog.run_button.isEnabled() and not dialog.open_button.isVisible()
    choose(dialog, make_tree(tmp_path / "photos"), qtbot)
    click(qtbot, dialog.run_button)
    assert dialog.process.running and not dialog.run_button.isEnabled() and dialog.bar.isVisible()
    qtbot.waitUntil(lambda: not dialog.process.running, timeout=120_000)
    page = dialog.folder / "report.html"
    assert opened == [str(page)] and page.is_file(), dialog.status.text()
    assert sorted(p.name for p in dialog.folder.iterdir()) == [
        *("figures", "metrics.json", "parts", "report.html", "report.md"),
    ]
    click(qtbot, dialog.open_button)
    assert opened == [str(page)] * 2


def test_cancelled_it_can_go_on(dialog: EvaluateDialog, tmp_path: Path, opened: list[str], qtbot: QtBot) -> None:
    choose(dialog, make_tree(tmp_path / "photos"), qtbot)
    click(qtbot, dialog.run_button)
    click(qtbot, dialog.cancel_button)
    assert dialog.status.text() == "Stopping…"
    qtbot.waitUntil(lambda: not dialog.process.running, timeout=30_000)
    assert dialog.status.text().startswith("Stopped.") and dialog.run_button.isEnabled() and opened == []
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: not dialog.process.running, timeout=120_000)
    assert opened == [str(dialog.folder / "report.html")], dialog.status.text()


def test_it_opens_as_it_was_left(viewer: Viewer, dialog: EvaluateDialog, tmp_path: Path, qtbot: QtBot) -> None:
    choose(dialog, make_tree(tmp_path / "photos"), qtbot)
    dialog.close()
    dialog.deleteLater()
    qtbot.waitUntil(lambda: viewer.window._qt_window.findChild(EvaluateDialog) is None, timeout=5_000)
    evaluate_classifier(viewer)
    again = viewer.window._qt_window.findChild(EvaluateDialog)
    assert (again.pictures.value, again.count.value, again.judge.value) == (tmp_path / "photos", 2, "judge")


def test_folders_of_the_same_name_have_reports_of_their_own(dialog: EvaluateDialog, tmp_path: Path) -> None:
    dialog.pictures.value = tmp_path / "cats" / "val"
    first = dialog.folder
    dialog.pictures.value = tmp_path / "dogs" / "val"
    assert dialog.folder != first and dialog.folder.name.startswith("tiny on val ")


def test_what_is_wrong_is_said(dialog: EvaluateDialog, tmp_path: Path, opened: list[str], qtbot: QtBot) -> None:
    choose(dialog, tmp_path / "nothing", qtbot)
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: not dialog.process.running, timeout=60_000)
    assert dialog.status.text().startswith(f"{tmp_path / 'nothing'} is not a folder of pictures") and opened == []


def test_the_menu_finds_the_dialog_again(viewer: Viewer) -> None:
    evaluate_classifier(viewer)
    (found,) = viewer.window._qt_window.findChildren(EvaluateDialog)
    found.close()
    evaluate_classifier(viewer)
    assert viewer.window._qt_window.findChildren(EvaluateDialog) == [found] and found.isVisible()
    assert found.against.value == evaluate_dialog.NOTHING


def test_the_process_ends_with_the_dialog(dialog: EvaluateDialog, tmp_path: Path, qtbot: QtBot) -> None:
    choose(dialog, make_tree(tmp_path / "photos"), qtbot)
    click(qtbot, dialog.run_button)
    (child,) = dialog.process._child
    dialog.deleteLater()
    qtbot.waitUntil(lambda: child.poll() is not None, timeout=30_000)
