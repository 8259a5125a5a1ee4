"""Work in the background: a RuntimeError, which napari's workers leave untold, is told, and the next piece begins."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QObject

from napari_robust_synth._napari.models.fetch_job import FetchJob
from napari_robust_synth._napari.window.one_by_one import OneByOne
from napari_robust_synth.models import fetch, find_model

from .conftest import errors

ODD = "it failed (odd): please report this, with the recipe if there is one"


def odd(*_: object, **__: object) -> None:
    raise RuntimeError("odd")


class Picture:
    """Stands for something large."""


@pytest.fixture
def line(viewer: Viewer) -> Iterator[OneByOne]:
    parent = QObject()  # held as long as the test goes on
    yield OneByOne(parent)


def test_what_comes_after_is_done(line: OneByOne, qtbot: QtBot) -> None:
    seen: list[object] = []
    line.add(odd, seen.append, lambda: seen.append("failed"))
    line.add(lambda: 3, seen.append)
    qtbot.waitUntil(lambda: not line.busy, timeout=5_000)
    assert seen == ["failed", 3] and errors() == [ODD]


def test_what_was_done_is_let_go(line: OneByOne, qtbot: QtBot) -> None:
    picture = Picture()
    known = ref(picture)
    line.add(lambda: None, lambda _, picture=picture: None)
    del picture
    qtbot.waitUntil(lambda: not line.busy, timeout=5_000)
    gc.collect()
    assert known() is None


def test_a_fetch_ends(viewer: Viewer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "fetch", odd)
    job, ended = FetchJob(find_model("bundled")), list[str]()
    job.ended.connect(ended.append)
    job.start()
    qtbot.waitUntil(lambda: ended == [ODD], timeout=30_000)
