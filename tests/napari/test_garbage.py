import gc
import weakref
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.running.garbage import small_collections


class Ring:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed(quick_collections: None) -> Iterator[None]:
    gc.unfreeze()
    yield


def test_what_was_there_is_left_out_and_freed_afterwards() -> None:
    old = Ring()
    gone = weakref.ref(old)
    with small_collections():
        new = Ring()
        soon = weakref.ref(new)
        del old, new
        gc.collect()
        assert soon() is None and gone() is not None
    gc.collect()
    assert gone() is None


def test_what_somebody_else_has_left_out_stays_so() -> None:
    with small_collections(), small_collections():
        pass
    assert not gc.get_freeze_count()
    gc.freeze()
    with small_collections():
        pass
    assert gc.get_freeze_count()


def test_a_run_leaves_nothing_frozen(painting: SynthesisDock, press: Callable[..., None], qtbot: QtBot) -> None:
    gc.unfreeze()
    painting.parameters.widgets["steps"].value = 2000
    press(painting, wait=False)
    assert gc.get_freeze_count()
    qtbot.waitUntil(lambda: painting.bar.value() > 1, timeout=30_000)
    press(painting, "stop_button")
    assert not gc.get_freeze_count()
