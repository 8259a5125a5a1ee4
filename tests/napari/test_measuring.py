"""Objects measured each by itself."""

from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.inputs.panels import SELECTED_LABEL
from napari_robust_synth._napari.layers.recipes import OBJECTS
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Recipe, restore
from napari_robust_synth.tasks.distances import put_together

from .conftest import PLACE, errors
from .distances import look_for_church, measured, opened

Press = Callable[..., None]


@pytest.fixture
def ready(dock: SynthesisDock, viewer: Viewer, photo: np.ndarray) -> SynthesisDock:
    return look_for_church(dock, viewer, photo)


def test_each_object_by_itself(
    ready: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray, mask: np.ndarray, tiny: Classifier
) -> None:
    labels = mask.astype(np.uint8) * 5
    labels[50:66, 70:90] = 2
    ready.inputs.mask_layer.value = viewer.add_labels(labels, name="objects", **PLACE)
    ready.parameters.widgets["steps"].value = 4
    dialog = opened(ready, qtbot)
    dialog.each.setChecked(True)
    rows = measured(qtbot, dialog)
    assert [row[:2] for row in rows[:2]] == [["2", "church"], ["5", "church"]]
    assert len(rows) == 6
    result, change = viewer.layers[-2:]
    np.testing.assert_array_equal(photo + np.moveaxis(change.data, 0, -1), result.data)
    np.testing.assert_array_equal(result.data[labels == 0], photo[labels == 0])
    jobs = [restore(Recipe.from_dict(o["recipe"]), tiny, photo) for o in result.metadata[OBJECTS]["objects"]]
    np.testing.assert_array_equal(put_together([(job, job.run()) for job in jobs]), result.data)
    keeper, made = keeper_of(viewer), result.data.copy()

    def settle() -> None:
        qtbot.waitUntil(lambda: not keeper.jobs.busy, timeout=30_000)

    settle()
    keeper.undo()
    settle()
    np.testing.assert_array_equal(result.data, photo)
    assert OBJECTS not in result.metadata and not change.visible
    keeper.redo()
    keeper.accept()
    settle()
    np.testing.assert_array_equal(viewer.layers["photo"].data, made)
    assert [o["object"] for o in viewer.layers["photo"].metadata[OBJECTS]["objects"]] == [2, 5] and errors() == []


def test_objects_are_all_measured_whatever_label_is_selected(
    ready: SynthesisDock, viewer: Viewer, qtbot: QtBot, mask: np.ndarray
) -> None:
    layer = viewer.add_labels(mask.astype(np.uint8) * 5, name="objects", **PLACE)
    ready.inputs.mask_layer.value = layer
    ready.inputs.region.value = SELECTED_LABEL
    ready.parameters.widgets["steps"].value = 2
    layer.selected_label = 0
    dialog = opened(ready, qtbot)
    dialog.each.setChecked(True)
    dialog.most.setValue(1)
    rows = measured(qtbot, dialog)
    assert errors() == [] and {row[0] for row in rows} == {"5"} and 1 <= len(rows) <= 2


def test_as_many_classes_as_one_wants(ready: SynthesisDock, qtbot: QtBot) -> None:
    ready.parameters.widgets["steps"].value = 2
    dialog = opened(ready, qtbot)
    assert dialog.most.value() == 20 and len(measured(qtbot, dialog)) == 3
    dialog.most.setValue(1)
    assert len(measured(qtbot, dialog)) <= 2


def test_what_is_measured_stays_as_it_is(
    ready: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, mask: np.ndarray
) -> None:
    ready.task.value = "paint"
    ready.inputs.mask_layer.value = viewer.add_labels(mask.astype(np.uint8), name="objects", **PLACE)
    ready.parameters.widgets["steps"].value = 2
    press(ready)
    painted = ready.inputs.image_layer.value
    before = painted.data.copy()
    assert painted.name == "photo · paint"
    ready.task.value = "counterfactual"
    ready.parameters.widgets["steps"].value = 4
    dialog = opened(ready, qtbot)
    dialog.each.setChecked(True)
    rows = []
    for _ in range(2):
        rows.append(measured(qtbot, dialog))
        qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
        np.testing.assert_array_equal(painted.data, before)
        assert ready.inputs.image_layer.value is painted
    assert rows[0] == rows[1] and errors() == []
