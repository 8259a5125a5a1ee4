"""The line of status says what is true of what the form shows, and features by the names they were given."""

from collections.abc import Callable

import numpy as np
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.history.keeper import keeper_of
from napari_robust_synth._napari.running.runner import Frame
from napari_robust_synth._napari.running.words import named
from napari_robust_synth.features.names import name_features, names_path
from napari_robust_synth.models import Classifier

Press = Callable[..., None]
READY = "bundled classifier ready on cpu"


def test_a_verdict_lasts_while_its_picture_is_chosen(
    painting: SynthesisDock, viewer: Viewer, press: Press, photo: np.ndarray, qtbot: QtBot
) -> None:
    press(painting)
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
    result = viewer.layers["photo · paint"]
    assert painting.inputs.image_layer.value is result and painting.status.text().startswith("church: ")
    painting.inputs.image_layer.value = viewer.layers["photo"]
    assert painting.status.text().startswith("church: ")
    painting.inputs.image_layer.value = viewer.add_image(photo, name="another", rgb=True)
    assert painting.status.text() == READY


def test_another_task_or_sample_has_no_verdict_yet(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    press(painting)
    painting.task.value = "inpaint"
    assert painting.status.text() == READY
    painting.task.value = "paint"
    press(painting)
    assert painting.status.text().startswith("church: ")
    painting.open_sample("paint")
    assert painting.status.text() == READY
    viewer.layers.clear()
    assert painting.status.text() == READY


def test_features_have_their_names(
    painting: SynthesisDock, viewer: Viewer, press: Press, tiny: Classifier, qtbot: QtBot
) -> None:
    name_features(tiny.sha256, [7], "grass")
    painting.inputs.features.setText("7, 12")
    painting._on_frame(Frame(1, 5, np.zeros((1, 2, 2, 4), np.uint8), None, 0.5, "1 features 7, 12: 0.20"))
    assert painting.status.text().startswith("1 grass, feature 12: 0.20 · loss")
    press(painting)
    qtbot.waitUntil(lambda: not keeper_of(viewer).jobs.busy, timeout=30_000)
    history = keeper_of(viewer).active.history
    assert history.entries[history.current].title == "paint · grass, feature 12"


def test_names_that_can_not_be_read_are_numbers() -> None:
    path = names_path("0" * 64)
    path.parent.mkdir(parents=True)
    path.write_text("{")
    assert named("feature 7", "0" * 64) == "feature 7"
    path.write_text('{"7": "grass", "7, 12": "meadow"}')
    assert named("feature 7 and features 8, 12", "0" * 64) == "grass and features 8, 12"
    assert named("features 12, 7", "0" * 64) == "meadow"
