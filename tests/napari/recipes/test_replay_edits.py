"""A replay is an edit of its own."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.recipes.dialog import RecipeDialog
from tests.napari.conftest import errors

from .conftest import press_in

Press = Callable[..., None]


def test_a_replay_is_an_edit_that_is_undone_and_accepted(
    dialog: RecipeDialog, viewer: Viewer, photo: np.ndarray, qtbot: QtBot
) -> None:
    keeper, other = keeper_of(viewer), viewer.add_image(255 - photo, name="other", rgb=True)

    def settle() -> None:
        qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)

    viewer.layers.selection.active = viewer.layers["photo · paint"]
    dialog.on.value = other
    press_in(qtbot, dialog, "replay_button")
    settle()
    layer, made = viewer.layers[-1], viewer.layers[-1].data.copy()
    assert keeper.active.layer is layer and (made != other.data).any()
    assert keeper.active.history.entries[keeper.active.history.current].title == "paint · church"
    keeper.undo()
    settle()
    np.testing.assert_array_equal(layer.data, 255 - photo)
    assert RECIPE not in layer.metadata
    keeper.redo()
    keeper.accept()
    settle()
    np.testing.assert_array_equal(other.data, made)
    assert RECIPE in other.metadata and errors() == []


def test_a_replay_leaves_the_form_and_the_next_run_alone(
    named: SynthesisDock, dialog: RecipeDialog, viewer: Viewer, church: np.ndarray, press: Press, qtbot: QtBot
) -> None:
    keeper, photo = keeper_of(viewer), viewer.layers["photo"]
    press_in(qtbot, dialog, "edit_button")
    assert named.inputs.image_layer.value is photo
    press_in(qtbot, dialog, "replay_button")
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    replay = viewer.layers[-1]
    assert keeper.active.layer is replay and named.inputs.image_layer.value is photo
    named.inputs.label.setCurrentText("tench")
    press(named)
    qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)
    np.testing.assert_array_equal(replay.data, church)
    assert keeper.active.layer is not replay and (keeper.active.layer.data != church).any()
