"""Somebody else's checkpoint, opened in the dock with real clicks."""

from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.models.import_dialog import ImportDialog
from napari_robust_synth._napari.models.import_form import ImportForm
from napari_robust_synth.models import ModelCard
from napari_robust_synth.models.importing import Found
from tests.models import hostile
from tests.models.conftest import network

from .conftest import errors
from .hands import click, type_into

LOOKING = "Looking into the file…"


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
    qtbot.waitUntil(lambda: dialog.isVisible() and dialog.status.text() != LOOKING, timeout=30_000)
    return dialog


def look_again(dialog: ImportDialog, qtbot: QtBot) -> str:
    """Press Look again; return what is said then."""
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(lambda: dialog.status.text() != LOOKING, timeout=30_000)
    return dialog.status.text()


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
    type_into(qtbot, dialog.form.fields["class_names"].line_edit.native, str(tmp_path / "names.txt"))
    assert dialog.look_button.isEnabled() and not dialog.keep_button.isEnabled()
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(lambda: "cell, nucleus, debris" in dialog.headline.text(), timeout=30_000)
    type_into(qtbot, dialog.form.fields["size"].native.lineEdit(), "64")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=30_000)
    click(qtbot, dialog.keep_button)
    qtbot.waitUntil(lambda: dock.model.value == "theirs", timeout=30_000)
    card = ModelCard.read(kept / "theirs")
    assert (card.class_names, card.size) == (("cell", "nucleus", "debris"), 64) and errors() == []


def test_colours_are_not_rounded(dock: SynthesisDock, kept: Path, file: Path, qtbot: QtBot) -> None:
    dialog = opened(dock, file, qtbot)
    mean, std = dialog.form.fields["mean"], dialog.form.fields["std"]
    assert [box.text() for box in mean.boxes] == ["0.485", "0.456", "0.406"]
    type_into(qtbot, std.boxes[0].lineEdit(), "0.00392157")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=30_000)
    assert std.boxes[0].text() == "0.00392157"
    click(qtbot, dialog.keep_button)
    qtbot.waitUntil(lambda: dock.model.value == "theirs", timeout=30_000)
    card = ModelCard.read(kept / "theirs")
    assert (card.mean, card.std) == ((0.485, 0.456, 0.406), (0.00392157, 0.224, 0.225)) and errors() == []


def test_what_is_not_edited_stays_as_it_was_found(qtbot: QtBot) -> None:
    form = ImportForm()
    card = ModelCard("resnet18", 64, (1 / 255, 1 / 3, 0.5), (1 / 255, 2 / 3, 1.0), ("a", "b"))
    form.show(Found(Path("theirs.pt"), card, {"eps": None}))
    assert [box.text() for box in form.fields["mean"].boxes] == ["0.003921568627", "0.333333333333", "0.5"]
    assert form.choices() == {} and not form.changed
    form.fields["std"].boxes[2].setValue(0.75)
    assert form.choices() == {"mean": card.mean, "std": (1 / 255, 2 / 3, 0.75)}


def choose(qtbot: QtBot, dialog: ImportDialog, norm: str) -> None:
    combo = dialog.form.fields["norm"].native
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(combo.findText(norm)):
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() == norm


def test_what_it_is_robust_to(dock: SynthesisDock, kept: Path, file: Path, qtbot: QtBot) -> None:
    dialog = opened(dock, file.rename(file.with_name("a_linf_eps4.pt")), qtbot)
    norm, eps = dialog.form.fields["norm"], dialog.form.fields["eps"]
    assert (norm.value, eps.value) == ("linf", "4/255"), "as the file's name says"
    choose(qtbot, dialog, "not known")
    assert not eps.native.isEnabled() and dialog.look_button.isEnabled()
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=30_000)
    assert (norm.value, eps.value) == ("", "") and "give norm and eps" in dialog.facts.text()
    choose(qtbot, dialog, "Linf attacks")
    for text, line in (("", "eps is '', expected a number"), ("4", "for 4 of 255 give 4/255")):
        type_into(qtbot, eps.native, text)
        click(qtbot, dialog.look_button)
        qtbot.waitUntil(lambda line=line: line in dialog.status.text(), timeout=30_000)
    type_into(qtbot, eps.native, "8/255")
    type_into(qtbot, dialog.form.fields["size"].native.lineEdit(), "64")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=30_000)
    assert (norm.value, eps.value) == ("linf", "8/255")
    choose(qtbot, dialog, "L2 attacks")
    type_into(qtbot, eps.native, "3")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=30_000)
    click(qtbot, dialog.keep_button)
    qtbot.waitUntil(lambda: dock.model.value == "a_linf_eps4", timeout=30_000)
    card = ModelCard.read(kept / "a_linf_eps4")
    assert (card.norm, card.eps, card.limits) == ("l2", 10.5, "") and errors() == []


def test_robust_to_nothing(dock: SynthesisDock, kept: Path, file: Path, qtbot: QtBot) -> None:
    dialog = opened(dock, file, qtbot)
    assert dialog.form.fields["norm"].value == "" and not dialog.form.changed
    choose(qtbot, dialog, "nothing")
    click(qtbot, dialog.look_button)
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=30_000)
    assert dialog.form.fields["norm"].value == "nothing" and "training: given" in dialog.facts.text()
    click(qtbot, dialog.keep_button)
    qtbot.waitUntil(lambda: dock.model.value == "theirs", timeout=30_000)
    card = ModelCard.read(kept / "theirs")
    assert (card.eps, card.limits) == (0, "")


def test_a_choice_that_does_not_fit(dock: SynthesisDock, kept: Path, file: Path, qtbot: QtBot) -> None:
    dialog = opened(dock, file, qtbot)
    type_into(qtbot, dialog.form.fields["arch"].native, "resnet18")
    assert "does not fit resnet18" in look_again(dialog, qtbot)
    assert not dialog.keep_button.isEnabled() and not kept.exists()
    type_into(qtbot, dialog.form.fields["arch"].native, "shufflenet_v2_x0_5")
    assert dialog.keep_button.isEnabled()


def test_the_architecture_is_asked_for(dock: SynthesisDock, tmp_path: Path, qtbot: QtBot) -> None:
    torch.save({"a": torch.ones(2), "b": torch.ones(3)}, tmp_path / "odd.pt")
    dialog = opened(dock, tmp_path / "odd.pt", qtbot)
    assert "Name it, then look again" in dialog.headline.text() and not dialog.keep_button.isEnabled()
    type_into(qtbot, dialog.form.fields["arch"].native, "resnet18")
    assert "does not fit resnet18" in look_again(dialog, qtbot)
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
