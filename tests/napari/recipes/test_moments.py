"""Whatever happens at a moment of a recipe's work: a clean end, a clear message, and a dialog that works again."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.recipes import desk as recipe_desk
from napari_robust_synth._napari.recipes.dialog import RUNNING, RecipeDialog
from napari_robust_synth._napari.recipes.jobs import CANCELLED, RecipeJob
from tests.napari.conftest import errors
from tests.napari.gates import Gate
from tests.napari.moments import ACTS, click

from .conftest import Fill, made, replayed, settled

MOMENTS = {"looking": (recipe_desk, "find"), "replaying": (RecipeJob, "tick")}
WHAT = {name: act for name, act in ACTS.items() if name != "preview removed"}
ALONE = ("slice changed", "run pressed again", "source replaced", "source removed", "all removed")
"""What might be missed if something else happened, too."""
ENDS: dict[str, Callable[[RecipeDialog, QtBot], object]] = {
    "cancelled": lambda dialog, qtbot: click(qtbot, dialog.cancel_button),
    "closed": lambda dialog, qtbot: dialog.close(),
    "escape": lambda dialog, qtbot: qtbot.keyClick(dialog, Qt.Key.Key_Escape),
}
BUSY = "A recipe is at work: wait, or cancel that first"


def test_it_ends_as_if_nothing_had_happened(
    fill: Fill, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = replayed(fill(), viewer, qtbot)
    others = [what for what in WHAT if what not in ALONE]
    one_by_one = [("looking", [what]) for what in ALONE]
    for moment, acts in (*one_by_one, ("looking", others), ("replaying", [*others, *ALONE])):
        dialog = fill()
        with monkeypatch.context() as patch:
            gate = Gate(patch, *MOMENTS[moment])
            click(qtbot, dialog.replay_button)
            gate.reached(qtbot)
            for what in acts:
                WHAT[what](dock, viewer, qtbot)
            dialog.replay()
            gate.open()
            settled(qtbot, dialog)
        assert errors() == [BUSY], (moment, acts)
        assert dialog.status.text() == "Done: the result is a new layer", (moment, acts)
        assert any(np.array_equal(result, expected) for result in made(viewer)), (moment, acts)


def test_edit_fills_the_form_unless_a_run_has_begun(
    fill: Fill, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for what in ("source removed", "all removed", "run pressed again"):
        dialog = fill()
        with monkeypatch.context() as patch:
            gate = Gate(patch, *MOMENTS["looking"])
            click(qtbot, dialog.edit_button)
            gate.reached(qtbot)
            WHAT[what](dock, viewer, qtbot)
            gate.open()
            settled(qtbot, dialog)
        running = what == "run pressed again"
        assert errors() == [RUNNING] * running, what
        assert dialog.status.text() == (RUNNING if running else "Filled in: press Run"), what
        assert dock.parameters.widgets["steps"].value == (2000 if running else 2), what
    fill()


def test_ended_on_the_way(fill: Fill, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for moment, what in itertools.product(MOMENTS, ENDS):
        dialog = fill()
        with monkeypatch.context() as patch:
            gate = Gate(patch, *MOMENTS[moment])
            click(qtbot, dialog.replay_button)
            gate.reached(qtbot)
            ENDS[what](dialog, qtbot)
            gate.open()
            settled(qtbot, dialog)
        assert (dialog.status.text(), errors(), made(viewer)) == (CANCELLED, [], []), (moment, what)
    replayed(fill(), viewer, qtbot)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_viewer_is_closed(
    fill: Fill, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    dialog, gate = fill(), Gate(monkeypatch, *MOMENTS[moment])
    click(qtbot, dialog.replay_button)
    worker = dialog.job.worker
    gate.reached(qtbot)
    viewer.close()
    qtbot.wait(1)
    gate.open()
    qtbot.waitUntil(lambda: not worker.is_running, timeout=30_000)
    qtbot.wait(1)
    assert errors() == []
