"""Memory that runs out at any point of a replay: one line, no layer, and a dialog that works again."""

import pytest
import torch
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth import tasks
from napari_robust_synth._napari.recipes import desk as recipe_desk
from napari_robust_synth._napari.recipes import dialog as recipe_dialog
from napari_robust_synth._napari.recipes import request as recipe_request
from tests.napari.conftest import errors
from tests.napari.moments import click

from .conftest import Fill, replayed, settled

POINTS = {
    "looking": (recipe_desk, "find"),
    "loading": (recipe_request, "classifier"),
    "the result": (tasks.Job, "result"),
    "laying it out": (recipe_request, "laid_out"),
    "adding it": (recipe_dialog, "Image"),
}


def test_out_of_memory(fill: Fill, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (point, where) in enumerate(POINTS.items()):
        error = MemoryError() if number % 2 else torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB\nAnd more")

        def fails(*args: object, error: Exception = error, **options: object) -> object:
            raise error

        dialog = fill()
        with monkeypatch.context() as patch:
            patch.setattr(*where, fails)
            click(qtbot, dialog.replay_button)
            settled(qtbot, dialog)
        assert len(errors()) == 1 and "memory" in errors()[0] and "\n" not in errors()[0], point
        assert dialog.status.text() == errors()[0] and len(viewer.layers) == 3, point
    replayed(fill(), viewer, qtbot)
