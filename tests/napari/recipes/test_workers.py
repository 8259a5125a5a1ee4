"""What takes long is done in the worker, and nothing of it is kept when it is done."""

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.recipes import desk as recipe_desk
from napari_robust_synth._napari.recipes import masks, save
from napari_robust_synth.pictures import decode
from napari_robust_synth.tasks.recipes import RESULTS, Recipes
from tests.napari.conftest import errors
from tests.napari.moments import click

from .conftest import Fill, settled

Threads = list[threading.Thread]


def noting(real: Callable[..., Any], threads: Threads) -> Callable[..., Any]:
    """Return the same, which notes where it is called."""

    def call(*args: Any, **options: Any) -> Any:
        threads.append(threading.current_thread())
        return real(*args, **options)

    return call


def test_masks_are_read_and_compared_in_the_worker(
    fill: Fill, dock: SynthesisDock, viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, region, reads, compares = fill(), viewer.layers["region"], [], []
    dock.inputs.mask_layer.value = None
    monkeypatch.setattr(masks, "unpack_mask", noting(masks.unpack_mask, reads))
    numpy = {**vars(np), "array_equal": noting(np.array_equal, compares)}
    monkeypatch.setattr(masks, "np", SimpleNamespace(**numpy))
    click(qtbot, dialog.edit_button)
    settled(qtbot, dialog)
    assert dialog.status.text() == "Filled in: press Run" and dock.inputs.mask_layer.value is region
    assert reads and compares and threading.main_thread() not in (*reads, *compares)
    for attribute, value in (("data", 1 - region.data), ("translate", (1, 1))):
        dialog = fill()
        setattr(region, attribute, value)
        click(qtbot, dialog.edit_button)
        settled(qtbot, dialog)
        assert dock.inputs.mask_layer.value.name == "photo · mask", attribute


def test_a_picture_is_copied_in_the_worker(
    fill: Fill, viewer: Viewer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, copies = fill(), []
    monkeypatch.setattr(save, "np", SimpleNamespace(array=noting(np.array, copies), uint8=np.uint8))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.png"), ""))
    click(qtbot, dialog.picture_button)
    qtbot.waitUntil(lambda: errors() == ["Saved a.png"], timeout=30_000)
    assert len(copies) == 1 and threading.main_thread() not in copies
    np.testing.assert_array_equal(decode.read(tmp_path / "a.png").pixels, viewer.layers["result"].data)


def test_nothing_of_a_search_is_kept(fill: Fill, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, kept, real = fill(), [], recipe_desk.find

    def finds(recipe: Any, places: Any, *more: Any) -> Any:
        found = real(recipe, places, *more)
        kept.extend([weakref.ref(places), weakref.ref(found.pixels)])
        return found

    monkeypatch.setattr(recipe_desk, "find", finds)
    click(qtbot, dialog.edit_button)
    settled(qtbot, dialog)
    assert dialog.status.text() == "Filled in: press Run" and len(kept) == 2

    def gone() -> bool:
        gc.collect()
        return all(reference() is None for reference in kept)

    qtbot.waitUntil(gone, timeout=10_000)


def test_of_several_results_the_mask_is_that_of_the_first(fill: Fill) -> None:
    first = fill().recipes.first
    several = Recipes(tuple((number, first) for number in range(3)), RESULTS, "seed", ("a", "b", "c"))
    assert np.unique(masks.mask_of(several)).tolist() == [0, 1]
