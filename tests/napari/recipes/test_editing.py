"""Recipes dropped onto the window, and edited; damaged and evil ones."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.utils.notifications import notification_manager
from pytestqt.qtbot import QtBot

from napari_robust_synth import tasks
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from napari_robust_synth.models import Classifier
from tests.napari.conftest import errors

from .conftest import drop, press_in

Press = Callable[..., None]


def test_a_dropped_recipe_fills_the_form_and_runs_again(
    saved: Path,
    named: SynthesisDock,
    dialog: RecipeDialog,
    viewer: Viewer,
    church: np.ndarray,
    press: Press,
    qtbot: QtBot,
) -> None:
    viewer.layers.clear()
    named.task.value = "generate"
    named.parameters.seed.value = 9
    drop(viewer, saved)
    qtbot.waitUntil(lambda: dialog.status.text() == "Filled in: press Run", timeout=30_000)
    assert [layer.name for layer in viewer.layers] == ["church.source", "church.source · mask"]
    assert named.task.value == "paint"
    assert named.parameters.widgets["steps"].value == 3
    assert named.parameters.seed.value == 0
    press(named)
    np.testing.assert_array_equal(viewer.layers[-1].data, church)


def test_edit_finds_the_open_picture_and_mask(
    named: SynthesisDock, dialog: RecipeDialog, viewer: Viewer, qtbot: QtBot
) -> None:
    named.task.value = "generate"
    named.inputs.image_layer.value = None
    press_in(qtbot, dialog, "edit_button")
    assert named.inputs.image_layer.value is viewer.layers["photo"]
    assert named.inputs.mask_layer.value is viewer.layers["region"]
    assert named.inputs.label.currentText() == "church"
    assert len(viewer.layers) == 3


def test_what_a_recipe_may_not_do(dialog: RecipeDialog, viewer: Viewer, tmp_path: Path, qtbot: QtBot) -> None:
    raw = viewer.layers[-1].metadata[RECIPE]
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    image = {"path": "evil.py", "sha256": "0" * 64, "of": "pixels"}
    path = tmp_path / "evil.recipe.json"
    path.write_text(json.dumps({**raw, "image": image, "label": "church"}))
    viewer.layers.clear()
    drop(viewer, path)
    qtbot.waitUntil(lambda: "neither open" in dialog.status.text(), timeout=10_000)
    assert not viewer.layers and not (tmp_path / "ran").exists()


DAMAGES: list[dict[str, object]] = [
    {"task": "repaint"},
    {"parameters": {"depth": 1}},
    {"mask": {"shape": [72, 96], "data": "AAAA"}},
    {"model": "nowhere"},
    {"palette": {"1": 3}},
    {"image": {"path": 3, "index": "x", "part": "y"}},
    {"live": True, "changes": [[0, {"paint": {"top": 5000, "left": 0}}]]},
    {"format": 2},
]


def test_a_damaged_picture_is_one_line(
    dock: SynthesisDock,
    viewer: Viewer,
    tiny: Classifier,
    photo: np.ndarray,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = tasks.Job(tasks.SuperResolve(steps=1), tiny, image=photo, label="church")
    origin = {"path": "photo.png", "sha256": "0", "of": "pixels"}
    raw = {**tasks.record(job, 1, origin).to_dict(), "model": "bundled"}
    (tmp_path / "photo.png").write_bytes(b"no picture")
    real = type(viewer).open

    def opens(viewer: Viewer, path: str | Path, **options: object) -> object:
        if str(path).endswith(".png"):  # what reads it then depends on what is installed
            raise OSError("cannot identify it\nas a picture")
        return real(viewer, path, **options)

    monkeypatch.setattr(type(viewer), "open", opens)
    path = tmp_path / "church.recipe.json"
    path.write_text(json.dumps(raw))
    drop(viewer, path)
    qtbot.waitUntil(lambda: bool(errors()), timeout=10_000)
    assert (
        len(errors()) == 1
        and "photo.png can't be opened: cannot identify it as a" in errors()[0]
        and "\n" not in errors()[0]
    )
    assert dock.recipe_button.dialog.job is None and not viewer.layers


def test_a_damaged_recipe_is_one_line(
    dock: SynthesisDock,
    viewer: Viewer,
    tiny: Classifier,
    photo: np.ndarray,
    mask: np.ndarray,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    job = tasks.Job(tasks.Paint(steps=1), tiny, image=photo, mask=mask, label="church")
    whole = {**tasks.record(job, 1, {"path": None, "sha256": "0", "of": "pixels"}).to_dict(), "model": "bundled"}
    said = dock.recipe_button.dialog.status
    for number, damage in enumerate(DAMAGES):
        path = tmp_path / f"{number}.recipe.json"
        path.write_text(json.dumps({**whole, **damage}))
        notification_manager.records.clear()
        said.clear()
        drop(viewer, path)
        qtbot.waitUntil(lambda: bool(errors()) or "neither open" in said.text(), timeout=10_000)
        assert all(len(message.splitlines()) == 1 for message in errors()), damage
        qtbot.waitUntil(lambda: dock.recipe_button.dialog.job is None, timeout=10_000)
    assert not viewer.layers
