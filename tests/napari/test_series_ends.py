"""Several results side by side: what is refused, and how a series ends."""

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.layers.recipes import RECIPE, SERIES
from napari_robust_synth._napari.series import form as series_form

from .conftest import errors
from .hands import click, type_into
from .scopes import room_for_one, together
from .side import choose, opened, run, settle


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2, x", "strengths are '2, x', expected numbers with commas, such as 10, 20, 40"),
        ("5", "1 chosen, expected 2 to 100 strengths"),
        ("5, 900", "eps is 900, expected 0.1 to 200"),
    ],
)
def test_bad_strengths(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, typed: str, told: str) -> None:
    dialog = opened(painting, qtbot, "Strengths")
    type_into(qtbot, dialog.form.strengths, typed)
    assert run(qtbot, dialog) == []
    assert errors() == [told]
    assert dialog.status.text() == told
    assert len(viewer.layers) == 2


def test_a_task_with_one_result_says_so(painting: SynthesisDock, qtbot: QtBot) -> None:
    painting.task.value = "counterfactual"
    dialog = opened(painting, qtbot)
    assert dialog.form.axis.value == "class"
    dialog.form.axis.native.setCurrentText("Seeds")
    assert dialog.form.hint.isVisible()
    assert dialog.form.hint.text().startswith("Counterfactual has one result, whatever the seed")
    assert not dialog.run_button.isEnabled()
    painting.task.value = "paint"
    assert not dialog.form.hint.isVisible()
    assert dialog.run_button.isEnabled()
    painting.task.value = "palette"
    dialog.form.axis.native.setCurrentText("Classes")
    assert dialog.form.hint.text().startswith("Palette has a class for each label")


def test_what_is_chosen_meanwhile_is_for_the_next_series(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    dialog = opened(painting, qtbot, "Seeds")
    click(qtbot, dialog.run_button)
    opened(painting, qtbot, "Classes")
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=60_000)
    assert dialog.board.layer.metadata[SERIES]["axis"] == "seed"


def test_a_model_that_has_gone_is_no_traceback(
    painting: SynthesisDock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> None:
        raise ValueError(f"no model {name!r}")

    dialog = opened(painting, qtbot)
    monkeypatch.setattr(series_form, "find_model", gone)
    opened(painting, qtbot, "Classes")
    painting.task.value = "palette"
    assert dialog.isVisible()


def test_cancel_keeps_what_is_done(
    painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    together(monkeypatch, 1)
    painting.parameters.widgets["steps"].value = 20
    dialog = opened(painting, qtbot, "Classes")
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: len(dialog.made) == 1, timeout=60_000)
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=5_000)
    assert dialog.status.text() == "Cancelled: 1 of 3."
    assert len(viewer.layers[-1].metadata[SERIES]["results"]) == 1
    click(qtbot, dialog.pick_button)
    settle(qtbot, viewer)
    assert viewer.layers["photo · paint"].metadata[RECIPE]["label"] == "tench"


def test_cancelled_while_some_run_together(
    painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    together(monkeypatch, 2)
    painting.parameters.widgets["steps"].value = 20
    dialog = opened(painting, qtbot, "Classes")
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=60_000)
    assert "tench to church, 2 of 3" in dialog.status.text()
    qtbot.waitUntil(lambda: len(dialog.made) == 2, timeout=60_000)
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=5_000)
    assert dialog.status.text() == "Cancelled: 2 of 3." and errors() == []


def test_out_of_memory_they_run_one_by_one(
    painting: SynthesisDock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    together(monkeypatch, 3)
    dialog = opened(painting, qtbot, "Classes")
    with monkeypatch.context() as patch:
        room_for_one(patch)
        assert len(run(qtbot, dialog)) == 3
    assert dialog.status.text() == "Done: 3 of 3." and errors() == []


def test_layers_may_go_and_change_meanwhile(
    painting: SynthesisDock, viewer: Viewer, qtbot: QtBot, photo: np.ndarray
) -> None:
    original, dialog = photo.copy(), opened(painting, qtbot, "Classes")
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: len(dialog.made) == 1, timeout=60_000)
    viewer.layers["photo"].data[:] = 0
    viewer.layers["region"].data[:] = 0
    viewer.layers.clear()
    qtbot.waitUntil(lambda: dialog.worker is None, timeout=60_000)
    assert dialog.status.text() == "Done: 3 of 3."
    choose(qtbot, dialog, 2)
    click(qtbot, dialog.pick_button)
    settle(qtbot, viewer)
    (picked,) = viewer.layers
    np.testing.assert_array_equal(picked.data[:20], original[:20])
    assert (picked.data != original).any()


def test_the_limit(painting: SynthesisDock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("napari_robust_synth._napari.series.dialog.history_limit", lambda: 4_000)
    dialog = opened(painting, qtbot, "Classes")
    assert len(run(qtbot, dialog)) < 3
    assert errors()[-1].endswith("choose fewer or a region")
    assert dialog.status.text() == errors()[-1]


def test_it_ends_with_the_dock(painting: SynthesisDock, viewer: Viewer, qtbot: QtBot) -> None:
    painting.parameters.widgets["steps"].value = 2000
    dialog = opened(painting, qtbot, "Classes")
    click(qtbot, dialog.run_button)
    qtbot.waitUntil(lambda: dialog.bar.value() > 1, timeout=60_000)
    worker = dialog.worker
    painting.deleteLater()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=10_000)
    viewer.dims.ndim = 3
    viewer.dims.set_current_step(0, 0)
