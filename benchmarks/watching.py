"""What is seen of a window from outside: when something is painted, gaps between its turns, its memory.

Nothing here imports the plugin or PyTorch: what that costs is measured.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import napari
import numpy as np
from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtTest import QTest

Condition = Callable[[], bool]


class Gaps:
    """Time between turns of the event loop, in ms, from a timer that fires every millisecond."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.timer = QTimer()
        self.timer.setInterval(1)
        self.timer.timeout.connect(lambda: self.times.append(time.perf_counter()))

    def during(self, act: Callable[[], None]) -> np.ndarray:
        self.times.clear()
        self.timer.start()
        act()
        self.timer.stop()
        return 1000 * np.diff(self.times)


def turn(ms: int) -> None:
    """Let the event loop turn as a window's does; `QTest.qWait` sleeps between its turns, which would count as gaps."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def percentiles(gaps: np.ndarray) -> dict[str, float]:
    return {
        "p50": round(float(np.percentile(gaps, 50)), 1),
        "p99": round(float(np.percentile(gaps, 99)), 1),
        "max": round(float(gaps.max()), 1),
    }


def wait(condition: Condition, seconds: float = 300) -> None:
    end = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError
        QTest.qWait(1)


def painted_ms(viewer: napari.Viewer, act: Callable[[], None], *conditions: Condition) -> list[float]:
    """Act; return the time until the canvas had been drawn with each condition met, in ms."""
    canvas, found = viewer.window._qt_viewer.canvas._scene_canvas, [0.0] * len(conditions)

    def drawn(_: object) -> None:
        for number, met in enumerate(conditions):
            if not found[number] and met():
                found[number] = time.perf_counter()

    canvas.events.draw.connect(drawn, position="last")
    begin = time.perf_counter()
    act()
    wait(lambda: all(found))
    canvas.events.draw.disconnect(drawn)
    return [1000 * (when - begin) for when in found]


def first_pictures(dock: Any) -> tuple[Condition, Condition]:
    """Return whether the preview of a dock's run shows a picture, and whether it shows another than at first."""
    first: list[np.ndarray] = []

    def shown() -> np.ndarray | None:
        preview = getattr(dock.session, "preview", None)
        return None if preview is None or not preview.data.any() else preview.data

    def any_picture() -> bool:
        if not first and (picture := shown()) is not None:
            first.append(picture.copy())
        return bool(first)

    def another_picture() -> bool:
        picture = shown()
        return any_picture() and picture is not None and not np.array_equal(picture, first[0])

    return any_picture, another_picture


def resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
