"""A region of a 20,000 x 20,000 dask image against the same region of a 512 x 512 array: time, memory, pixels read.

    python benchmarks/large_image.py [--runs 9] [--steps 20]

Both runs are what the dock does between Run and the result, without the window; they take turns.
"""

import argparse
import json
import statistics
import time
import tracemalloc

import dask.array as da
import numpy as np
from napari.layers import Image, Labels
from skimage import data

from napari_robust_synth import core
from napari_robust_synth._napari.masks import read_region
from napari_robust_synth._napari.planes import read_plane
from napari_robust_synth._napari.request import Request
from napari_robust_synth._napari.world import World
from napari_robust_synth.tasks import Paint

SIDE, SMALL, CHUNK, REGION = 20_000, 512, 512, 256
CORNER = (7_000, 11_000)


class Counting:
    """The astronaut at one place of a large black image; notes which parts are read."""

    ndim, dtype = 3, np.dtype(np.uint8)

    def __init__(self, picture: np.ndarray) -> None:
        self.shape, self.picture, self.read = (SIDE, SIDE, 3), picture, []

    def __getitem__(self, key: tuple[slice, ...]) -> np.ndarray:
        (top, bottom, _), (left, right, _) = (part.indices(SIDE) for part in key[:2])
        self.read.append((top, left, bottom, right))
        out = np.zeros((bottom - top, right - left, 3), np.uint8)
        y, x = CORNER[0] - top, CORNER[1] - left
        rows, columns = (slice(max(c, 0), max(c + SMALL, 0)) for c in (y, x))
        source = self.picture[max(-y, 0) :, max(-x, 0) :]
        room = out[rows, columns]
        room[:] = source[: room.shape[0], : room.shape[1]]
        return out


def request(image: Image, corner: tuple[int, int], steps: int) -> Request:
    plane = read_plane(image, World((0, 0)))
    mask = Labels(np.ones((REGION, REGION), np.uint8), **plane.placed(corner))
    region = read_region(mask, plane, World((0, 0)), selected_only=False)
    task = Paint(steps=steps)
    return Request(
        task=task, preset="default", model="bundled", device="cpu", source=plane, region=region, label="church"
    )


def run(what: Request) -> tuple[np.ndarray, float, float]:
    """Run from the click to the result: its pixels, seconds, and the most memory held, in MB."""
    tracemalloc.start()
    start = time.perf_counter()
    job = what.prepare()
    result = what.finish(job, core.last(job.states())).result
    seconds, peak = time.perf_counter() - start, tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return result, seconds, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--steps", type=int, default=20)
    args = parser.parse_args()
    astronaut = data.astronaut()
    counting = Counting(astronaut)
    lazy = da.from_array(counting, chunks=(CHUNK, CHUNK, 3), asarray=False)
    large = Image([lazy, np.zeros((SIDE // 100, SIDE // 100, 3), np.uint8)], multiscale=True, rgb=True)
    small, inside = Image(astronaut, rgb=True), (SMALL - REGION) // 2
    there = (CORNER[0] + inside, CORNER[1] + inside)
    run(request(small, (inside, inside), 1))
    counting.read.clear()
    times: dict[str, list[float]] = {"large": [], "small": []}
    peaks: dict[str, list[float]] = {"large": [], "small": []}
    for _ in range(args.runs):
        for name, image, corner in (("large", large, there), ("small", small, (inside, inside))):
            what = request(image, corner, args.steps)
            _, seconds, peak = run(what)
            times[name].append(seconds)
            peaks[name].append(peak)
            if name == "large":
                top, left, bottom, right = what._part[0]
    beyond = [
        box
        for box in counting.read
        if box[0] < top - CHUNK or box[1] < left - CHUNK or box[2] > bottom + CHUNK or box[3] > right + CHUNK
    ]
    medians = {name: round(statistics.median(values), 3) for name, values in times.items()}
    print(
        json.dumps(
            {
                "benchmark": "large image",
                "seconds": medians,
                "times as long": round(medians["large"] / medians["small"], 3),
                "MB more": round(max(peaks["large"]) - max(peaks["small"]), 1),
                "reads": len(counting.read),
                "reads beyond the crop and a chunk": len(beyond),
            }
        )
    )


if __name__ == "__main__":
    main()
