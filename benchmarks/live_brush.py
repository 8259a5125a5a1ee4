"""How the live brush behaves in the real window: latency, frames, event-loop gaps, memory.

    xvfb-run -a -s "-screen 0 1600x1200x24" python benchmarks/live_brush.py [--strokes 200]

Strokes are real mouse events on the canvas. Gaps are compared with those of the same strokes and the same frames,
shown by a worker that sleeps instead of computing.
"""

import argparse
import json
import time
from collections.abc import Callable, Generator

import napari
import numpy as np
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from skimage import data
from watching import Gaps, painted_ms, percentiles, resident_mb, wait

from napari_robust_synth._napari import live as live_module
from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.live_runner import LiveFrame, paint_live
from napari_robust_synth._napari.runner import Control

LEFT = Qt.MouseButton.LeftButton
Timed = list[tuple[float, LiveFrame]]


class Painter:
    """A hand that draws on the canvas, the same strokes every time."""

    def __init__(self, viewer: napari.Viewer, dock: SynthesisDock) -> None:
        self.canvas = viewer.window._qt_viewer.canvas.native
        self.viewer, self.dock, self.random = viewer, dock, np.random.default_rng(0)

    @property
    def layer(self) -> napari.layers.Labels:
        return self.dock.inputs.mask_layer.value

    def place(self, row: float, column: float) -> QPoint:
        """Return where in the canvas a pixel of the image is."""
        zoom, (middle_row, middle_column) = self.viewer.camera.zoom, self.viewer.camera.center[-2:]
        x, y = (column - middle_column) * zoom, (row - middle_row) * zoom
        return QPoint(int(self.canvas.width() / 2 + x), int(self.canvas.height() / 2 + y))

    def stroke(self, moves: int = 8, hold: int = 15) -> None:
        height, width = self.layer.data.shape
        at = self.random.uniform((30, 30), (height - 30, width - 30))
        QTest.mousePress(self.canvas, LEFT, pos=self.place(*at))
        for _ in range(moves):
            at = np.clip(at + self.random.normal(0, 8, 2), 20, (height - 20, width - 20))
            QTest.mouseMove(self.canvas, self.place(*at))
            QTest.qWait(hold)
        QTest.mouseRelease(self.canvas, LEFT, pos=self.place(*at))

    def live(self, on: bool) -> None:
        """Press the button, on an empty layer; wait until the worker listens, or has ended."""
        if on:
            self.layer.data = np.zeros_like(self.layer.data)
            self.random = np.random.default_rng(0)
        self.dock.inputs.palette.live.click()
        wait(lambda: (self.dock.session is not None) == on)
        if on:
            QTest.qWait(500)
        else:
            for layer in [x for x in self.viewer.layers if "palette" in x.name]:
                self.viewer.layers.remove(layer)

    def rest(self) -> None:
        """Wait until every pixel has had its steps."""
        QTest.qWait(150)
        wait(lambda: "Paint on" in self.dock.status.text())


def first_change_ms(painter: Painter) -> float:
    """Time from the press of the button until the canvas has drawn a frame with changed pixels."""
    session, stepped = painter.dock.session, []
    assert session is not None
    steps = painter.dock.bar.value()
    show = session._show

    def note(shown: LiveFrame) -> None:
        stepped.append(1) if shown.step > steps else None
        show(shown)

    session._show = note  # type: ignore[method-assign, assignment]
    (found,) = painted_ms(painter.viewer, lambda: painter.stroke(moves=1, hold=0), lambda: bool(stepped))
    session._show = show  # type: ignore[method-assign]
    painter.rest()
    return found


def recorded(frames: Timed) -> Callable[..., Generator[object, None, object]]:
    def paint(*parts: object) -> Generator[object, None, object]:
        steps, began = paint_live(*parts), time.perf_counter()  # type: ignore[arg-type]
        while True:
            try:
                shown = next(steps)
            except StopIteration as end:
                return end.value
            if isinstance(shown, LiveFrame):
                frames.append((time.perf_counter() - began, shown))
            yield shown

    return paint


def sleeping(frames: Timed) -> Callable[..., Generator[object, None, None]]:
    def replay(_live: object, _finish: object, control: Control) -> Generator[object, None, None]:
        began = time.perf_counter()
        for when, shown in frames:
            while time.perf_counter() - began < when and not control.stopped.is_set():
                time.sleep(0.002)
            yield shown
        control.stopped.wait(600)

    return replay


def strokes(painter: Painter, count: int) -> None:
    for _ in range(count):
        painter.stroke()
        QTest.qWait(200)


def gaps_ms(painter: Painter, work: Callable[..., object], count: int) -> dict[str, float]:
    """Gaps while strokes are drawn and evolve, with another worker in the place of ours."""
    live_module.paint_live = work  # type: ignore[assignment]
    painter.live(True)
    gaps = Gaps().during(lambda: strokes(painter, count))
    painter.live(False)
    live_module.paint_live = paint_live
    return percentiles(gaps)


def memory_mb(painter: Painter, count: int) -> list[float]:
    """Resident memory after 20 strokes and after all; short strokes of two labels, and now and then the eraser."""
    painter.dock.parameters.widgets["steps"].value = 3
    painter.live(True)
    found = []
    for number in range(1, count + 1):
        painter.layer.selected_label = (1, 2, 1, 2, 0)[number % 5]
        painter.stroke(moves=3)
        if number in (20, count):
            painter.rest()
            found.append(round(resident_mb(), 1))
    painter.live(False)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=200)
    parser.add_argument("--runs", type=int, default=10, help="of the latency, and strokes for the gaps")
    options = parser.parse_args()
    viewer = napari.Viewer()
    viewer.window.resize(1400, 1000)
    dock = SynthesisDock(viewer)
    viewer.window.add_dock_widget(dock, name="Robust Synthesis")
    wait(lambda: "ready" in dock.status.text())
    viewer.add_image(data.chelsea(), name="chelsea", rgb=True)
    dock.task.value = "palette"
    dock.inputs.new_mask.click()
    dock.inputs.mask_layer.value.brush_size = 40
    dock.inputs.palette.set_row(1, "church")
    dock.inputs.palette.set_row(2, "parachute")
    painter = Painter(viewer, dock)
    dock.parameters.widgets["steps"].value = 10
    painter.live(True)
    first_change_ms(painter)
    report: dict[str, object] = {
        "stroke to first change, ms": sorted(round(first_change_ms(painter)) for _ in range(options.runs))
    }
    painter.live(False)
    frames: Timed = []
    dock.parameters.widgets["steps"].value = 40
    report["gaps while painting, ms"] = gaps_ms(painter, recorded(frames), options.runs)
    times = np.array([when for when, _ in frames])
    report["frames a second"] = round((len(times) - 1) / float(np.ptp(times)), 1)
    report["gaps with a sleeping worker, ms"] = gaps_ms(painter, sleeping(frames), options.runs)
    report["memory after strokes 20 and last, MB"] = memory_mb(painter, options.strokes)
    print(json.dumps(report, indent=2))
    viewer.close()


if __name__ == "__main__":
    main()
