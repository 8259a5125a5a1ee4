"""What goes wrong in the window ends as a notification, with the dock ready to run again."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth.tasks import Job

from .conftest import PLACE, errors

Press = Callable[..., None]


def assert_refused(dock: SynthesisDock, viewer: Viewer, message: str, layers: int) -> None:
    assert len(errors()) == 1
    assert message in errors()[0]
    assert "\n" not in errors()[0]
    assert len(viewer.layers) == layers
    assert dock.session is None
    assert dock.run_button.isEnabled()


def test_empty_mask(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    viewer.layers["region"].data = np.zeros((72, 96), np.uint8)
    press(painting)
    assert_refused(painting, viewer, "the mask is empty", 2)


def test_mask_outside_the_image(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    viewer.layers["region"].translate = (5000, 5000)
    press(painting)
    assert_refused(painting, viewer, "marks no pixel of the image", 2)


def test_empty_shapes(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.inputs.mask_layer.value = viewer.add_shapes(name="shapes")
    press(painting)
    assert_refused(painting, viewer, "the mask is empty", 3)


def test_three_dimensional_view(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.inputs.image_layer.value = viewer.add_image(np.zeros((3, 72, 96)), name="stack")
    viewer.dims.ndisplay = 3
    press(painting)
    viewer.dims.ndisplay = 2
    assert_refused(painting, viewer, "the view is 3D", 3)


def test_other_axes_shown(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.inputs.image_layer.value = viewer.add_image(np.zeros((3, 72, 96)), name="stack")
    viewer.dims.order = (1, 0, 2)
    press(painting)
    assert_refused(painting, viewer, "of 'stack', expected its last two", 3)


def test_too_large_without_a_region(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.task.value = "translate"
    wide = viewer.add_image(np.broadcast_to(np.uint8(0), (10, 5000)), name="wide", contrast_limits=(0, 255))
    painting.inputs.image_layer.value = wide
    press(painting)
    assert_refused(painting, viewer, "'wide' has 5000 x 10 px, more than 4096 a side", 3)


def test_not_finite(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.inputs.image_layer.value = viewer.add_image(
        np.full((72, 96), np.inf), name="inf", contrast_limits=(0, 1), **PLACE
    )
    press(painting)
    assert_refused(painting, viewer, "NaN or infinite", 3)


def test_tiny_image(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.task.value = "translate"
    painting.inputs.image_layer.value = viewer.add_image(np.zeros((7, 30)), name="small", contrast_limits=(0, 1))
    press(painting)
    assert_refused(painting, viewer, "at least 8", 3)


def test_unknown_class(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    painting.inputs.label.setEditText("chuch")
    assert painting.hint.text() == "This classifier has no class 'chuch': the nearest are 'church'."
    press(painting)
    assert not painting.run_button.isEnabled() and len(viewer.layers) == 2 and errors() == []


@pytest.mark.parametrize(("text", "message"), [("12, x", "expected numbers"), ("99999", "out of range")])
def test_bad_features(painting: SynthesisDock, viewer: Viewer, press: Press, text: str, message: str) -> None:
    painting.inputs.features.setText(text)
    press(painting)
    assert_refused(painting, viewer, message, 2)


def test_out_of_memory(painting: SynthesisDock, viewer: Viewer, press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    def states(job: Job) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    with monkeypatch.context() as patch:
        patch.setattr(Job, "states", states)
        press(painting)
    assert_refused(painting, viewer, "the device ran out of memory", 2)
    press(painting)
    assert "photo · paint" in viewer.layers


@pytest.mark.parametrize("victim", ["photo", "region", "photo · paint (running)"])
def test_layer_removed_while_running(
    painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, victim: str
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 3, timeout=30_000)
    viewer.layers.remove(victim)
    qtbot.wait(100)
    press(painting, "stop_button")
    assert errors() == []
    assert "photo · paint" in viewer.layers
    assert "photo · paint (running)" not in viewer.layers


def test_source_replaced_and_renamed_while_running(
    painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot, photo: np.ndarray, mask: np.ndarray
) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 3, timeout=30_000)
    source = viewer.layers["photo"]
    source.data, source.name, source.scale = np.zeros((20, 20, 3), np.uint8), "other", (9, 9)
    press(painting, "stop_button")
    assert errors() == []
    np.testing.assert_array_equal(viewer.layers[-1].scale, PLACE["scale"])
    np.testing.assert_array_equal(viewer.layers[-1].data[~mask], photo[~mask])


def test_viewer_closed_while_running(painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 3, timeout=30_000)
    worker = painting.session.worker
    viewer.close()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=5_000)
    assert errors() == []
