"""How the live brush behaves in the real window: latency, frames, event-loop gaps, memory.

    xvfb-run -a -s "-screen 0 1600x1200x24" python benchmarks/live_brush.py [--strokes 200]

Strokes are real mouse events on the canvas. Gaps are compared with those of the same strokes and the same frames,
shown by a worker that sleeps instead of computing, and with napari's own while the same strokes are drawn.
"""

import argparse
import json
import time
from collections.abc import Callable, Generator

import napari
import numpy as np
from painter import Painter
from skimage import data
from watching import Gaps, painted_ms, percentiles, resident_mb, turn, wait

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.live import painting as live_module
from napari_robust_synth._napari.live.runner import LiveFrame, paint_live
from napari_robust_synth._napari.running.runner import Control

Timed = list[tuple[float, LiveFrame]]


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
        turn(200)


def napari_gaps_ms(painter: Painter, count: int) -> dict[str, float]:
    """Gaps while the same strokes are drawn and nothing runs."""
    painter.clear()
    return percentiles(Gaps().during(lambda: strokes(painter, count)))


def gaps_ms(painter: Painter, work: Callable[..., object], count: int) -> dict[str, float]:
    """Gaps while strokes are drawn and evolve, with another worker in the place of ours."""
    live_module.paint_live = work  # type: ignore[assignment]
    painter.live(True)
    gaps = Gaps().during(lambda: strokes(painter, count))
    painter.live(False)
    live_module.paint_live = paint_live
    return percentiles(gaps)


def frames_at_rest(painter: Painter, count: int) -> float:
    """Frames a second, in the mean over strokes, of what a stroke has marked once nobody draws any more."""
    frames: Timed = []
    live_module.paint_live = recorded(frames)  # type: ignore[assignment]
    painter.live(True)
    found = []
    for _ in range(count):
        painter.stroke()
        drawn = len(frames)
        turn(1000)
        times = [when for when, _ in frames[drawn:]]
        found.append((len(times) - 1) / (times[-1] - times[0]))
    painter.live(False)
    live_module.paint_live = paint_live
    return float(np.mean(found))


def memory_mb(painter: Painter, count: int) -> list[float]:
    """Resident memory after 20 strokes and after all; short strokes of two labels, and now and then the eraser.

    Both labels are painted at once first, and the whole width: what a batch of two, or a part of another shape, takes
    when it first comes is no growth.
    """
    painter.live(True)
    painter.across()
    for label in (1, 2, 1):
        painter.layer.selected_label = label
        painter.stroke(moves=3)
    painter.rest()
    painter.dock.parameters.widgets["steps"].value = 3
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
    report["frames a second while drawing"] = round((len(times) - 1) / float(np.ptp(times)), 1)
    report["frames a second after a stroke"] = round(frames_at_rest(painter, options.runs), 1)
    report["gaps with a sleeping worker, ms"] = gaps_ms(painter, sleeping(frames), options.runs)
    report["gaps with the live brush off, ms"] = napari_gaps_ms(painter, options.runs)
    report["memory after strokes 20 and last, MB"] = memory_mb(painter, options.strokes)
    print(json.dumps(report, indent=2))
    viewer.close()


if __name__ == "__main__":
    main()
