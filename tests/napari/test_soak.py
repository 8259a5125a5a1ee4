"""Fifty runs in one window leave nothing behind."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from napari import Viewer
from pytestqt.qtbot import QtBot

from napari_robust_synth._napari.dock import SynthesisDock


def resident_mb() -> float:
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@pytest.mark.slow
def test_memory_stays(painting: SynthesisDock, viewer: Viewer, press: Callable[..., None], qtbot: QtBot) -> None:
    memory = []
    for _ in range(50):
        press(painting)
        viewer.layers.remove("photo · paint")
        qtbot.wait(10)
        memory.append(resident_mb())
    assert memory[49] - memory[9] < 20
