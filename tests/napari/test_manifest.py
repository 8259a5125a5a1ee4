"""What napari finds in the manifest works, and opening the dock imports no torch."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from napari.utils.notifications import notification_manager
from npe2 import PluginManifest
from npe2.manifest.utils import import_python_name
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.commands import (
    classify_layer,
    compare_classes,
    compare_classifiers,
    compare_variations,
    edit_layer,
    generate_pictures,
    train_on_layer,
)
from napari_robust_synth._napari.demo import start
from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.inputs.reading import missing
from napari_robust_synth._napari.recipes.showing import show_recipe
from napari_robust_synth._napari.series.button import SeriesButton
from napari_robust_synth._napari.tour import begin_tour
from napari_robust_synth._napari.window.docks import open_dock
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.samples import SAMPLES
from napari_robust_synth.tasks import TASKS

BUILD = """
import sys, napari
viewer = napari.Viewer(show=False)
_, dock = viewer.window.add_plugin_dock_widget("napari-robust-synth", "Robust Synthesis")
assert "church" in [dock.inputs.label.itemText(i) for i in range(dock.inputs.label.count())]
for name in ("Train classifier", "Feature browser"):
    viewer.window.add_plugin_dock_widget("napari-robust-synth", name)
assert "torch" not in sys.modules, "building a dock imported torch"
import os; os._exit(0)
"""


@pytest.fixture
def plugin(
    make_napari_viewer: Callable[[], Viewer], tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Viewer:
    monkeypatch.setitem(ZOO, "bundled", ZooEntry("bundled", tiny_model_folder))
    return make_napari_viewer()


def dock_of(viewer: Viewer, qtbot: QtBot) -> SynthesisDock:
    dock = open_dock(viewer, "Robust Synthesis")
    qtbot.waitUntil(lambda: "ready" in dock.status.text(), timeout=60_000)
    return dock


def test_building_the_docks_imports_no_torch() -> None:
    done = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_command_can_be_imported_and_every_sample_is_in_the_menu() -> None:
    manifest = PluginManifest.from_distribution(PLUGIN)
    for command in manifest.contributions.commands or ():
        assert callable(import_python_name(command.python_name)), command.id
    assert {s.key for s in manifest.contributions.sample_data or ()} == set(SAMPLES)


@pytest.mark.parametrize("name", list(SAMPLES))
def test_samples_open_and_fill_the_form(make_napari_viewer: Callable[[], Viewer], qtbot: QtBot, name: str) -> None:
    viewer = make_napari_viewer()
    dock = dock_of(viewer, qtbot)
    dock.open_sample(name)
    sample = SAMPLES[name]
    assert dock.task.value == sample.task
    assert dock.inputs.image_layer.value is viewer.layers[0]
    assert len(viewer.layers) == len(sample.files)
    assert missing(dock) == "" and dock.run_button.isEnabled()


@pytest.fixture
def cells(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A classifier with classes of its own."""
    folder = Path(shutil.copytree(tiny_model_folder, tmp_path / "cells"))
    card = json.loads((folder / "card.json").read_text())
    card["class_names"] = [f"cell {i}" for i in range(len(card["class_names"]))]
    (folder / "card.json").write_text(json.dumps(card))
    return folder


@pytest.mark.parametrize("name", ["paint", "paint-feature", "palette"])
def test_samples_are_for_the_bundled_classifier(
    make_napari_viewer: Callable[[], Viewer], qtbot: QtBot, cells: Path, name: str
) -> None:
    dock = dock_of(make_napari_viewer(), qtbot)
    dock.use_model(cells)
    assert dock.model.value == str(cells)
    dock.open_sample(name)
    assert dock.model.value == "bundled" and missing(dock) == ""
    qtbot.waitUntil(lambda: "ready" in dock.status.text(), timeout=60_000)


def test_the_tour_of_one_with_another_classifier(
    make_napari_viewer: Callable[[], Viewer], qtbot: QtBot, cells: Path
) -> None:
    dock = dock_of(make_napari_viewer(), qtbot)
    dock.use_model(cells)
    begin_tour(dock)
    assert dock.model.value == "bundled" and dock.run_button.isEnabled()
    qtbot.waitUntil(lambda: "ready" in dock.status.text(), timeout=60_000)


def test_empty_state_says_what_to_do_next(plugin: Viewer, qtbot: QtBot, photo: np.ndarray) -> None:
    dock = dock_of(plugin, qtbot)
    assert dock.hint.text().startswith("Open a picture")
    assert not dock.run_button.isEnabled()
    layer = plugin.add_image(photo, rgb=True, scale=(2, 2))
    assert "press +" in dock.hint.text()
    dock.inputs.new_mask.click()
    mask = dock.inputs.mask_layer.value
    assert mask.data.shape == (72, 96)
    assert np.array_equal(mask.scale, layer.scale)
    assert dock.run_button.isEnabled()


def test_menu_commands(plugin: Viewer, qtbot: QtBot, photo: np.ndarray) -> None:
    dock = dock_of(plugin, qtbot)
    generate_pictures(plugin)
    assert dock.task.value == "generate"
    layer = plugin.add_image(photo, rgb=True, name="photo")
    plugin.layers.selection.active = layer
    edit_layer(plugin)
    assert dock.task.value == "paint"
    assert dock.inputs.image_layer.value is layer
    show_recipe(plugin)
    assert not dock.recipe_button.dialog.isHidden()
    notification_manager.records.clear()
    classify_layer(plugin)
    qtbot.waitUntil(lambda: len(notification_manager.records) > 0, timeout=30_000)
    assert str(notification_manager.records[-1].message).startswith("photo: ")


def test_menu_commands_of_several_results(plugin: Viewer, qtbot: QtBot) -> None:
    dock = dock_of(plugin, qtbot)
    for command, axis in ((compare_variations, "seed"), (compare_classes, "class")):
        command(plugin)
        dialog = dock.findChild(SeriesButton).dialog
        assert dialog.isVisible()
        assert dialog.form.axis.value == axis
    dock.task.value = "generate"
    compare_variations(plugin)
    assert dialog.form.axis.value == "seed"
    compare_classifiers(plugin)
    assert dialog.form.axis.value == "classifier"


def test_train_on_the_selected_layers(plugin: Viewer, home: Path, qtbot: QtBot, photo: np.ndarray) -> None:
    layers = [plugin.add_image(photo, rgb=True, name=name) for name in ("first", "second", "third")]
    marks = [plugin.add_labels(np.zeros((72, 96), np.uint8), name=name) for name in ("one", "other")]
    plugin.layers.selection = {layers[1], layers[2], marks[1]}
    train_on_layer(plugin)
    dock = open_dock(plugin, "Train classifier")
    assert dock.source.chosen_images() == layers[1:] and dock.source.marks.value is marks[1]


def test_demo_paints(plugin: Viewer, qtbot: QtBot) -> None:
    start(plugin)
    dock = open_dock(plugin, "Robust Synthesis")
    assert isinstance(dock, SynthesisDock)
    qtbot.waitUntil(lambda: dock.bar.value() > 2, timeout=60_000)
    dock.stop_button.click()
    qtbot.waitUntil(lambda: dock.session is None, timeout=10_000)
    assert plugin.layers[-1].name.endswith("· paint")


def test_every_task_has_a_sample() -> None:
    assert {sample.task for sample in SAMPLES.values()} == set(TASKS)
