"""Recipes saved, copied, and inside the pictures that napari saves."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtGui import QGuiApplication

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.layers import RECIPE
from napari_robust_synth._napari.recipe_dialog import RecipeDialog
from napari_robust_synth.pictures import decode
from tests.napari.hands import click

from .conftest import press_in

Press = Callable[..., None]


def test_a_saved_recipe_takes_its_picture_along(saved: Path, dialog: RecipeDialog, photo: np.ndarray) -> None:
    assert dialog.status.text() == "Saved church.recipe.json"
    raw = json.loads(saved.read_text())
    assert raw["image"]["path"] == "church.source.tif"
    np.testing.assert_array_equal(decode.read(saved.with_name("church.source.tif")).pixels, photo)
    assert sorted(p.name for p in saved.parent.iterdir()) == ["church.recipe.json", "church.source.tif"]


def test_the_command_line_and_the_python_run(
    saved: Path, dialog: RecipeDialog, church: np.ndarray, qtbot: QtBot
) -> None:
    press_in(qtbot, dialog, "command_button")
    command = QGuiApplication.clipboard().text()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(decode.read(saved.with_name("church-again.tif")).pixels, church)
    press_in(qtbot, dialog, "python_button")
    names: dict[str, np.ndarray] = {}
    exec(QGuiApplication.clipboard().text(), names)
    np.testing.assert_array_equal(names["result"], church)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_napari_saves_and_opens_it_with_its_recipe(
    named: SynthesisDock, church: np.ndarray, viewer: Viewer, tmp_path: Path, qtbot: QtBot, suffix: str
) -> None:
    path = tmp_path / f"church{suffix}"
    assert viewer.layers.save(str(path), selected=True, plugin=PLUGIN) == [str(path)]
    np.testing.assert_array_equal(decode.read(path).pixels, church)
    (layer,) = viewer.open(str(path), plugin="napari")
    qtbot.waitUntil(lambda: RECIPE in layer.metadata, timeout=10_000)
    assert "press Recipe…" in named.status.text()
    viewer.show()
    click(qtbot, named.recipe_button)
    press_in(qtbot, named.recipe_button.dialog, "replay_button")
    np.testing.assert_array_equal(viewer.layers[-1].data, church)
    with pytest.raises(OSError, match="'photo' has no recipe"):
        viewer.layers["photo"].save(str(path), plugin=PLUGIN)
