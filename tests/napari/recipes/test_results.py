"""Recipes of several results, a stack or a grid of them: shown, saved, replayed and edited."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.layers.frames import covering
from napari_robust_synth._napari.layers.recipes import SERIES
from napari_robust_synth._napari.recipes.view import EMPTY
from napari_robust_synth._napari.series.dialog import SeriesDialog
from napari_robust_synth.pictures.embedded import embedded
from tests.napari.conftest import errors
from tests.napari.hands import click, type_into
from tests.napari.side import opened, run

from .conftest import press_in

Press = Callable[..., None]


def strengths(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, shown_as: str) -> SeriesDialog:
    viewer.show()
    dialog = opened(dock, qtbot, "Strengths")
    type_into(qtbot, dialog.form.strengths, "2, 8")
    dialog.form.shown_as.native.setCurrentText(shown_as)
    assert len(run(qtbot, dialog)) == 2
    viewer.layers.selection.active = dialog.board.layer
    return dialog


@pytest.mark.parametrize(("shown_as", "suffix"), [("Stack with a slider", ".tif"), ("Grid", ".png")])
def test_shown_saved_replayed_and_edited(
    named: SynthesisDock, viewer: Viewer, tmp_path: Path, qtbot: QtBot, shown_as: str, suffix: str
) -> None:
    side = strengths(named, viewer, qtbot, shown_as)
    click(qtbot, named.recipe_button)
    dialog = named.recipe_button.dialog
    assert "Paint · 2 results, each another strength" in dialog.about.text()
    assert viewer.layers["photo"] in dialog.on.choices and side.board.layer not in dialog.on.choices
    path = tmp_path / f"both{suffix}"
    assert viewer.layers.save(str(path), selected=True, plugin=PLUGIN) == [str(path)]
    assert errors() == [] and json.loads(embedded(path).to_bytes())["axis"] == "strength"
    (layer,) = viewer.open(str(path), plugin="napari")
    qtbot.waitUntil(lambda: SERIES in layer.metadata, timeout=10_000)
    assert "2 results" in dialog.about.text() and dialog.heading.text() == "both"
    press_in(qtbot, dialog, "replay_button")
    made = viewer.layers[-1]
    np.testing.assert_array_equal(made.data, [one.outcome().result for one in side.made])
    assert (
        made.name.startswith("photo · paint · each strength")
        and covering(made)
        and viewer.dims.axis_labels[0] == "strength"
    )
    source = viewer.layers["photo"]
    np.testing.assert_allclose(made.data_to_world((0, 10, 20))[1:], source.data_to_world((10, 20)))
    for number, eps in ((0, 2), (1, 8)):
        viewer.layers.selection.active = made
        viewer.dims.set_current_step(0, number)
        press_in(qtbot, dialog, "edit_button")
        assert named.parameters.widgets["eps"].value == eps and named.inputs.image_layer.value is source
        assert dialog.status.text().startswith(f"Filled in as 'eps {eps}")
    for cell, eps in ((0, 2), (1, 2), (2, 8)) if layer.ndim > 2 else ((1, 2),):  # in a grid nobody knows which is meant
        viewer.layers.selection.active = layer
        viewer.dims.set_current_step(0, cell)
        named.parameters.widgets["eps"].value = 5
        press_in(qtbot, dialog, "edit_button")
        assert named.parameters.widgets["eps"].value == eps, "the original comes before the results"


def test_generated_ones(named: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    named.task.value = "generate"
    named.parameters.widgets["steps"].value = 1
    side = opened(named, qtbot)
    run(qtbot, side)
    viewer.layers.selection.active = side.board.layer
    viewer.show()
    click(qtbot, named.recipe_button)
    dialog = named.recipe_button.dialog
    press_in(qtbot, dialog, "replay_button")
    expected = [one.outcome().result[0] for one in side.made]
    np.testing.assert_array_equal(viewer.layers[-1].data, expected)
    assert errors() == []


def test_of_the_picture_edited_last(named: SynthesisDock, church: np.ndarray, viewer: Viewer, qtbot: QtBot) -> None:
    result = viewer.layers[-1]
    viewer.show()
    for selected, about in ((viewer.layers["region"], result), (viewer.layers["photo"], result)):
        viewer.layers.selection.active = selected
        click(qtbot, named.recipe_button)
        dialog = named.recipe_button.dialog
        assert dialog.heading.text() == about.name and viewer.layers.selection.active is about
        dialog.close()
    click(qtbot, named.history.undo_button)
    qtbot.waitUntil(lambda: not named.history._keeper.jobs.busy, timeout=30_000)
    viewer.layers.selection.active = viewer.layers["region"]
    click(qtbot, named.recipe_button)
    assert named.recipe_button.dialog.about.text() == EMPTY, "all that was done is undone"
