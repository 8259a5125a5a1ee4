"""The form: it fits, follows samples and hands, and what is under way is left alone."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import PLUGIN, SynthesisDock
from napari_robust_synth._napari.layers.masks import read_region
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.recipes import RECIPE
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth.models import ZOO, ZooEntry

from .conftest import PLACE, errors
from .hands import type_into

Press = Callable[..., None]
NOT_LIVE = ("task", "model", "device")


def begin(painting: SynthesisDock, press: Press, qtbot: QtBot) -> None:
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    qtbot.waitUntil(lambda: painting.bar.value() > 0, timeout=30_000)


def test_the_form_is_not_cut_off(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    viewer.layers["photo"].name = "a photo with a name that is much longer than any combo box should be wide"
    viewer.window.resize(1000, 600)
    viewer.show()
    form = painting.area.widget()
    qtbot.waitUntil(lambda: painting.area.viewport().width() >= form.minimumSizeHint().width(), timeout=10_000)


def test_a_number_counts_when_it_is_typed(painting: SynthesisDock, press: Press, qtbot: QtBot) -> None:
    type_into(qtbot, painting.parameters.working_size.native.lineEdit(), "96")
    press(painting)
    assert painting.viewer.layers[-1].metadata[RECIPE]["size"] == 96


def test_while_it_runs_only_what_it_can_follow_is_open(painting: SynthesisDock, press: Press, qtbot: QtBot) -> None:
    begin(painting, press, qtbot)
    parameters = painting.parameters
    assert not any(getattr(painting, name).enabled for name in NOT_LIVE)
    assert {name for name, widget in parameters.widgets.items() if widget.enabled} == {"eps", "step_size", "keep"}
    assert not (parameters.preset.enabled or parameters.seed.enabled or parameters.working_size.enabled)
    press(painting, "stop_button")
    assert all(getattr(painting, name).enabled for name in NOT_LIVE)
    assert all(widget.enabled for widget in parameters.widgets.values())


def test_a_second_click_starts_nothing(painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot) -> None:
    press(painting, wait=False)
    painting.run()
    assert len(painting._sessions) == 1
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)
    assert [layer.name for layer in viewer.layers] == ["photo", "region", "photo · paint"]


def test_stopped_before_the_first_step(
    painting: SynthesisDock, viewer: Viewer, press: Press, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    gate, prepare = Event(), Request.prepare
    monkeypatch.setattr(Request, "prepare", lambda request: gate.wait(30) and prepare(request))
    press(painting, wait=False)
    press(painting, "stop_button", wait=False)
    gate.set()
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)
    assert painting.status.text() == "Stopped before the first step"
    assert [layer.name for layer in viewer.layers] == ["photo", "region"]


def test_closing_the_dock_keeps_what_was_made(
    painting: SynthesisDock, viewer: Viewer, press: Press, qtbot: QtBot
) -> None:
    begin(painting, press, qtbot)
    viewer.window.remove_dock_widget(painting)
    qtbot.waitUntil(lambda: painting.session is None, timeout=30_000)
    assert [layer.name for layer in viewer.layers] == ["photo", "region", "photo · paint"]


@pytest.mark.parametrize("typed", ["tench", "ten", "TE"])
def test_a_class_typed_in_part_is_finished(painting: SynthesisDock, qtbot: QtBot, typed: str) -> None:
    edit = painting.inputs.label.lineEdit()
    edit.selectAll()
    qtbot.keyClicks(edit, typed)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert painting.inputs.chosen_label == "tench"


def test_opening_a_sample_fills_the_form(dock: SynthesisDock, viewer: Viewer) -> None:
    for name, task in (("sketch", "sketch"), ("paint-feature", "paint")):
        viewer.open_sample(PLUGIN, name)
        assert dock.task.value == task
    assert dock.inputs.image_layer.value.name == "Evening sky"
    assert dock.inputs.mask_layer.value.name == "Evening sky mask"
    assert dock.inputs.chosen_features() == (1143,)


def test_a_mask_for_a_stack_lies_in_the_slice_that_is_shown(dock: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    stack = viewer.add_image(np.zeros((5, 72, 96)), name="stack")
    viewer.dims.set_current_step(0, 3)
    qtbot.mouseClick(dock.inputs.new_mask, Qt.MouseButton.LeftButton)
    mask = dock.inputs.mask_layer.value
    assert mask.data.shape == (1, 72, 96)
    np.testing.assert_array_equal(mask.data_to_world((0, 1, 2)), stack.data_to_world((3, 1, 2)))
    assert errors() == []


@pytest.mark.parametrize("channels", [2, 5])
def test_channels_are_refused(painting: SynthesisDock, viewer: Viewer, press: Press, channels: int) -> None:
    painting.inputs.image_layer.value = viewer.add_image(np.zeros((72, 96, channels)), name="many")
    press(painting)
    assert len(errors()) == 1
    assert f"the last axis of layer 'many' has {channels} values, expected the width" in errors()[0]


def test_float_colours_out_of_range_are_refused(painting: SynthesisDock, viewer: Viewer, press: Press) -> None:
    picture = np.linspace(0, 255, 72 * 96 * 3, dtype=np.float32).reshape(72, 96, 3)
    painting.inputs.image_layer.value = viewer.add_image(picture, name="wide", rgb=True, **PLACE)
    press(painting)
    assert len(errors()) == 1
    assert "values from 0 to 255, expected 0 to 1" in errors()[0]


def test_the_background_is_no_region(viewer: Viewer, photo: np.ndarray, mask: np.ndarray) -> None:
    image, labels = viewer.add_image(photo, rgb=True), viewer.add_labels(mask.astype(np.uint8))
    labels.selected_label = 0
    with pytest.raises(ValueError, match="the selected label is 0, the background"):
        read_region(labels, read_plane(image, World((0, 0))), World((0, 0)), selected_only=True)


def test_a_model_that_does_not_load_says_so(
    viewer: Viewer, tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    (tmp_path / "card.json").write_bytes((tiny_model_folder / "card.json").read_bytes())
    monkeypatch.setitem(ZOO, "bundled", ZooEntry("bundled", tmp_path))
    dock = SynthesisDock(viewer)
    qtbot.addWidget(dock)
    qtbot.waitUntil(lambda: "not available" in dock.status.text(), timeout=60_000)
    assert "model.safetensors is missing" in dock.status.text()
