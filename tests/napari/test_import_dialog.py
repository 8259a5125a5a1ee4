"""Somebody else's checkpoint, opened in the dock with real clicks."""

from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.import_dialog import ImportDialog
from napari_robust_synth.models import ModelCard
from tests.models import hostile
from tests.models.conftest import network

from .conftest import errors
from .hands import click, type_into


@pytest.fixture
def kept(home: Path) -> Path:
    """Where models are kept."""
    return home / "models"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    torch.save(network().state_dict(), tmp_path / "theirs.pt")
    return tmp_path / "theirs.pt"


def opened(dock: SynthesisDock, path: Path, qtbot: QtBot) -> ImportDialog:
    dock.model.open(path)
    dialog = dock.model.importing
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isVisible() and dialog.status.text() != "Looking into the file…", timeout=30_000)
    return dialog


def test_kept_and_chosen(dock: SynthesisDock, kept: Path, file: Path, qtbot: QtBot) -> None:
    dialog = opened(dock, file, qtbot)
    assert "theirs.pt holds a shufflenet_v2_x0_5 with 3 classes: class 0" in dialog.headline.text()
    assert "format: " in dialog.facts.text() and not kept.exists()
    assert dialog.keep_button.isEnabled() and not dialog.look_button.isEnabled()
    type_into(qtbot, dialog.model_name.native, "mine")
    click(qtbot, dialog.keep_button)
    qtbot.waitUntil(lambda: dock.model.value == "mine", timeout=30_000)
    assert not dialog.isVisible() and (kept / "mine" / "card.json").exists()
    card = ModelCard.read(kept / "mine")
    assert (card.arch, card.size, card.mean) == ("shufflenet_v2_x0_5", 224, (0.485, 0.456, 0.406))
    qtbot.waitUntil(lambda: "mine classifier ready" in dock.status.text(), timeout=30_000)
    assert dock.inputs.label.findText("class 2") >= 0 and errors() == []


def test_more_is_said_of_it(dock: SynthesisDock, kept: Path, file: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "names.txt").write_text("cell\nnucleus\ndebris\n")
    dialog = opened(dock, file, qtbot)
    type_into(qtbot, dialog.fields["class_names"].line_edit.native, str(tmp_path / "names.txt"))
    assert dialog.look_button.isEnabled() and not dialog.keep_button.isEnabled()
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(lambda: "cell, nucleus, debris" in dialog.headline.text(), timeout=30_000)
    type_into(qtbot, dialog.fields["size"].native.lineEdit(), "64")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=30_000)
    click(qtbot, dialog.keep_button)
    qtbot.waitUntil(lambda: dock.model.value == "theirs", timeout=30_000)
    card = ModelCard.read(kept / "theirs")
    assert (card.class_names, card.size) == (("cell", "nucleus", "debris"), 64) and errors() == []


def test_a_choice_that_does_not_fit(dock: SynthesisDock, kept: Path, file: Path, qtbot: QtBot) -> None:
    dialog = opened(dock, file, qtbot)
    type_into(qtbot, dialog.fields["arch"].native, "resnet18")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(lambda: "does not fit resnet18" in dialog.status.text(), timeout=30_000)
    assert not dialog.keep_button.isEnabled() and not kept.exists()
    type_into(qtbot, dialog.fields["arch"].native, "shufflenet_v2_x0_5")
    assert dialog.keep_button.isEnabled()


def test_the_architecture_is_asked_for(dock: SynthesisDock, tmp_path: Path, qtbot: QtBot) -> None:
    torch.save({"a": torch.ones(2), "b": torch.ones(3)}, tmp_path / "odd.pt")
    dialog = opened(dock, tmp_path / "odd.pt", qtbot)
    assert "Name it, then look again" in dialog.headline.text() and not dialog.keep_button.isEnabled()
    type_into(qtbot, dialog.fields["arch"].native, "resnet18")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(lambda: "does not fit resnet18" in dialog.status.text(), timeout=30_000)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dock.model.value == "bundled"


def test_a_taken_name(dock: SynthesisDock, file: Path, qtbot: QtBot) -> None:
    dialog = opened(dock, file, qtbot)
    type_into(qtbot, dialog.model_name.native, "bundled")
    click(qtbot, dialog.keep_button)
    qtbot.waitUntil(lambda: "there is a model 'bundled' already" in dialog.status.text(), timeout=30_000)
    assert dialog.isVisible() and dialog.keep_button.isEnabled()


@pytest.mark.parametrize("name", ["os.system", "setstate"])
def test_hostile(dock: SynthesisDock, tmp_path: Path, name: str, qtbot: QtBot) -> None:
    marker = tmp_path / "marker"
    torch.save({"state_dict": network().state_dict(), "x": hostile.payloads(marker)[name]}, tmp_path / "bad.pt")
    dialog = opened(dock, tmp_path / "bad.pt", qtbot)
    assert "replaced: " in dialog.facts.text() and not marker.exists()


def test_no_model_at_all(dock: SynthesisDock, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "photo.pt").write_bytes(b"not a model")
    dock.model.open(tmp_path / "photo.pt")
    qtbot.waitUntil(lambda: errors() != [], timeout=30_000)
    (line,) = errors()
    assert "photo.pt" in line and "\n" not in line and dock.model.value == "bundled"
