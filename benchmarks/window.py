"""How the real window behaves while a run goes on: latency, event-loop gaps, Stop, memory.

    xvfb-run -a python benchmarks/window.py [--runs 50]

Gaps are compared with those of the same frames shown by a worker that sleeps instead of computing.
"""

import argparse
import json
import time
from collections.abc import Callable, Generator

import napari
import numpy as np
from qtpy.QtTest import QTest
from skimage import data
from watching import Gaps, first_pictures, painted_ms, percentiles, resident_mb, wait

from napari_robust_synth._napari.dock import SynthesisDock
from napari_robust_synth._napari.running import session as session_module
from napari_robust_synth._napari.running.runner import Control, Frame, run_job


def run(dock: SynthesisDock) -> None:
    dock.run_button.click()
    wait(lambda: dock.session is None)


def first_change_ms(dock: SynthesisDock, viewer: napari.Viewer) -> float:
    """Time from Run until a picture that differs from the first one has been painted by the canvas."""
    _, changed = first_pictures(dock)
    (found,) = painted_ms(viewer, dock.run_button.click, changed)
    dock.stop_button.click()
    wait(lambda: dock.session is None)
    return found


def stop_ms(dock: SynthesisDock) -> tuple[int, float]:
    """Steps taken after Stop was pressed, and the time until the dock was ready again."""
    dock.run_button.click()
    wait(lambda: dock.bar.value() > 10)
    session = dock.session
    assert session is not None
    steps: list[int] = []
    session.worker.yielded.connect(lambda _: steps.append(1))
    QTest.qWait(30)
    steps.clear()
    begin = time.perf_counter()
    dock.stop_button.click()
    wait(lambda: dock.session is None)
    return len(steps), 1000 * (time.perf_counter() - begin)


def sleeping(frames: list[Frame | None], step_seconds: float) -> Callable[..., Generator[Frame | None, None, None]]:
    def replay(
        prepare: Callable[[], object], _finish: object, _control: Control
    ) -> Generator[Frame | None, None, None]:
        prepare()  # which says where the frames lie
        for shown in frames:
            time.sleep(step_seconds)
            yield shown

    return replay


def record(dock: SynthesisDock, frames: list[Frame | None]) -> Callable[..., Generator[Frame | None, None, object]]:
    def recorded(*parts: object) -> Generator[Frame | None, None, object]:
        steps = run_job(*parts)  # type: ignore[arg-type]
        while True:
            try:
                shown = next(steps)
            except StopIteration as end:
                return end.value
            frames.append(shown)
            yield shown

    return recorded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    viewer = napari.Viewer()
    dock = SynthesisDock(viewer)
    viewer.window.add_dock_widget(dock, name="Robust Synthesis")
    wait(lambda: "ready" in dock.status.text())
    viewer.add_image(data.chelsea(), name="chelsea", rgb=True)
    mask = np.zeros((300, 451), np.uint8)
    mask[90:200, 230:380] = 1
    viewer.add_labels(mask, name="mask")
    dock.inputs.label.setCurrentText("church")
    dock.parameters.widgets["steps"].value = options.steps
    run(dock)
    viewer.layers.remove(viewer.layers[-1])

    report: dict[str, object] = {"first change, ms": sorted(round(first_change_ms(dock, viewer)) for _ in range(5))}
    report["steps after Stop, ms until ready"] = [stop_ms(dock) for _ in range(3)]
    gaps, frames = Gaps(), []
    session_module.run_job = record(dock, frames)
    begin = time.perf_counter()
    report["gaps while running, ms"] = percentiles(gaps.during(lambda: run(dock)))
    step_seconds = (time.perf_counter() - begin) / max(len(frames), 1)
    session_module.run_job = sleeping(frames, step_seconds)
    report["gaps with a sleeping worker, ms"] = percentiles(gaps.during(lambda: run(dock)))
    session_module.run_job = run_job
    report["step, ms"] = round(1000 * step_seconds, 1)
    dock.parameters.widgets["steps"].value = 10
    memory = []
    for _ in range(options.runs):
        run(dock)
        viewer.layers.remove(viewer.layers[-1])
        memory.append(resident_mb())
    report["memory after runs 10 and last, MB"] = [round(memory[:10][-1], 1), round(memory[-1], 1)]
    print(json.dumps(report, indent=2))
    viewer.close()


if __name__ == "__main__":
    main()
