"""Counterfactual in the dock: the difference beside the result, and the table of distances."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.distances.button import DistanceButton
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, restore

from .conftest import errors
from .distances import look_for_church, measured, opened
from .hands import click

Press = Callable[..., None]


@pytest.fixture
def ready(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray) -> SynthesisDock:
    return look_for_church(dock, viewer, photo)


def test_each_class_is_a_branch_from_the_picture_itself(
    ready: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    for name in ("church", "tench"):
        ready.inputs.label.setCurrentText(name)
        press(ready)
        qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
    of_church, of_tench = [x for x in viewer.layers if x.name.startswith("photo · counterfactual · difference")]
    assert (of_church.visible, of_tench.visible) == (False, True), "that of another class would be no difference"
    history = keeper_of(viewer).active.history
    assert [history.entries[n].title for n in history.children(history.root)] == [
        "counterfactual · church",
        "counterfactual · tench",
    ]
    assert ready.inputs.image_layer.value is viewer.layers["photo"] and errors() == []


def test_the_difference_and_the_source_are_the_result(
    ready: SynthesisDock, viewer: Viewer, photo: np.ndarray, tiny: Classifier, press: Press
) -> None:
    press(ready)
    source, result, change = viewer.layers
    assert ready.inputs.image_layer.value is source, "the next class, and the distances, are of that, too"
    assert [x.name for x in viewer.layers][1:] == ["photo · counterfactual", "photo · counterfactual · difference"]
    np.testing.assert_array_equal(photo + np.moveaxis(change.data, 0, -1), result.data)
    assert change.contrast_limits == [-np.abs(change.data).max(), np.abs(change.data).max()]
    assert change.colormap.colors[2][3] == 0
    np.testing.assert_allclose(change.data_to_world((0, 7, 9))[1:], source.data_to_world((7, 9)), atol=1e-6)
    assert "distance" in ready.status.text()
    recipe = Recipe.from_dict(result.metadata[RECIPE])
    job = restore(recipe, tiny, photo)
    *_, state = job.replay(recipe.changes, recipe.last_step)
    np.testing.assert_array_equal(job.result(state.x), result.data)


def test_the_difference_is_seen_with_its_result_only(
    ready: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    viewer.show()
    press(ready)
    keeper = keeper_of(viewer)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    change = viewer.layers[-1]
    for button, seen in ((ready.history.undo_button, False), (ready.history.redo_button, True)):
        click(qtbot, button)
        qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
        assert change.visible is seen
    viewer.layers.remove(change)
    assert not any(keeper.active.beside.values())


def test_grey_pictures_have_a_flat_difference(
    ready: SynthesisDock, viewer: Viewer, photo: np.ndarray, press: Press
) -> None:
    grey = photo[..., 0].astype(np.float32) / 255
    ready.inputs.image_layer.value = viewer.add_image(grey, name="grey", contrast_limits=(0, 1))
    ready.parameters.widgets["eps"].value = 0.5
    press(ready)
    result, change = viewer.layers[-2:]
    assert change.data.shape == grey.shape
    assert (np.abs((grey + change.data).astype(np.float32) - result.data) <= np.spacing(np.float32(1))).all()
    assert ready.status.text().endswith("church was not reached, try more steps")


def test_the_table_belongs_to_the_task(ready: SynthesisDock, qtbot: QtBot) -> None:
    dialog = opened(ready, qtbot)
    ready.task.value = "generate"
    assert ready.findChild(DistanceButton).isHidden()
    click(qtbot, dialog.run_button)
    assert errors() == ["the dock's task is generate, expected counterfactual: choose that, then measure"]
    assert dialog.worker is None


def test_a_table_of_every_class(ready: SynthesisDock, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(ready, qtbot)
    rows = measured(qtbot, dialog)
    assert rows[0][1] == "church"
    assert {row[1] for row in rows} == {"tench", "church", "golden retriever"}
    assert all(float(row[2]) >= 0 and row[5] in ("yes", "no") for row in rows)
    assert dialog.status.text() == "Done: 3 measured."
    dialog.save(tmp_path / "t.csv")
    saved = list(csv.DictReader((tmp_path / "t.csv").read_text().splitlines()))
    assert [row["label"] for row in saved] == [row[1] for row in rows]
    assert [path.name for path in tmp_path.glob("*t.csv*")] == ["t.csv"]


def test_cancel_keeps_what_was_measured(ready: SynthesisDock, qtbot: QtBot) -> None:
    ready.parameters.widgets["steps"].value = 2000
    dialog = opened(ready, qtbot)
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 2, timeout=60_000)
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=10_000)
    assert dialog.status.text().startswith("Cancelled")
    assert dialog.run_button.text() == "Measure"
    assert not dialog.save_button.isEnabled()


def test_objects_need_labels(ready: SynthesisDock, qtbot: QtBot) -> None:
    dialog = opened(ready, qtbot)
    dialog.each.setChecked(True)
    click(qtbot, dialog.run_button)
    assert errors() == ["choose a Labels layer as the mask: each of its labels is an object"]
    assert dialog.worker is None


def test_it_ends_when_it_is_closed(ready: SynthesisDock, qtbot: QtBot) -> None:
    ready.parameters.widgets["steps"].value = 2000
    dialog = opened(ready, qtbot)
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 2, timeout=60_000)
    dialog.close()
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=10_000)


def test_it_ends_with_the_dock(ready: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    ready.parameters.widgets["steps"].value = 2000
    dialog = opened(ready, qtbot)
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 2, timeout=60_000)
    worker = dialog.worker
    viewer.layers.clear()
    ready.deleteLater()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=10_000)
