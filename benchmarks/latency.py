"""How soon the plugin is there: import, dock, first picture after the dock was opened, and when all is warm.

    xvfb-run -a -s "-screen 0 1600x1200x24" python benchmarks/latency.py [--rounds 5]

Import and window are measured in fresh processes, with their files in the page cache. A window's process has a viewer
with a picture and a mask before the dock is opened as its menu does; PyTorch and the classifier are loaded in the
background from then on. Five seconds later Run is pressed. A picture counts when the canvas has been drawn with it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

PLUGIN = "napari-robust-synth"
PAUSE_MS = 5000
IMPORT = "import time; begin = time.perf_counter(); import napari_robust_synth; print(time.perf_counter() - begin)"


def import_ms() -> float:
    found = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    return 1000 * float(found.stdout)


def window(warm_runs: int) -> dict[str, float]:
    """Open a window and a dock, run; in this process."""
    import napari
    import numpy as np
    from qtpy.QtTest import QTest
    from skimage import data
    from watching import first_pictures, painted_ms, wait

    viewer = napari.Viewer()
    viewer.add_image(data.chelsea(), name="chelsea", rgb=True)
    mask = np.zeros((300, 451), np.uint8)
    mask[90:200, 230:380] = 1
    viewer.add_labels(mask, name="mask")
    QTest.qWait(500)
    begin = time.perf_counter()
    _, dock = viewer.window.add_plugin_dock_widget(PLUGIN, "Robust Synthesis")
    wait(lambda: not dock.visibleRegion().isEmpty())
    opened = 1000 * (time.perf_counter() - begin)
    QTest.qWait(PAUSE_MS)
    dock.task.value = "paint"
    dock.inputs.label.setCurrentText("church")

    def run() -> list[float]:
        found = painted_ms(viewer, dock.run_button.click, *first_pictures(dock))
        dock.stop_button.click()
        wait(lambda: dock.session is None)
        viewer.layers.remove(viewer.layers[-1])
        QTest.qWait(300)
        return found

    first, changed = run()
    firsts, changes = zip(*(run() for _ in range(warm_runs)), strict=True)
    viewer.close()
    return {
        "dock open": opened,
        "first picture": first,
        "first changed picture": changed,
        "first picture, warm": statistics.median(firsts),
        "first changed picture, warm": statistics.median(changes),
    }


def fresh_window(warm_runs: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--window", "--warm-runs", str(warm_runs)]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    last = found.stdout.splitlines()[-1]
    print(last, file=sys.stderr, flush=True)
    return json.loads(last)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes of each kind, after one for the cache")
    parser.add_argument("--warm-runs", type=int, default=5)
    parser.add_argument("--window", action="store_true", help="measure one window, in this process")
    options = parser.parse_args()
    if options.window:
        print(json.dumps(window(options.warm_runs)))
        return
    windows = [fresh_window(options.warm_runs) for _ in range(options.rounds + 1)][1:]
    imports = [import_ms() for _ in range(options.rounds + 1)][1:]
    report = {"import": imports} | {name: [found[name] for found in windows] for name in windows[0]}
    print(json.dumps({f"{name}, ms": sorted(round(ms) for ms in found) for name, found in report.items()}, indent=2))


if __name__ == "__main__":
    main()
