"""A region of a 20,000 x 20,000 dask image against the same region of a 512 x 512 array: time, memory, pixels read.

    python benchmarks/large_image.py [--runs 9] [--steps 20]

Both runs are what the dock does between Run and the result, without the window; they take turns.
"""

import argparse
import json
import statistics
import time
import tracemalloc
from typing import ClassVar

import dask.array as da
import numpy as np
from napari.layers import Image, Labels
from skimage import data

from napari_robust_synth import core
from napari_robust_synth._napari.layers.masks import read_region
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth.tasks import Paint

SIDE, SMALL, CHUNK, REGION = 20_000, 512, 512, 256
CORNER = (7_000, 11_000)
INSIDE = (SMALL - REGION) // 2


class Counting:
    """The astronaut at one place of a large black image; notes which parts are read."""

    ndim, dtype = 3, np.dtype(np.uint8)
    read: ClassVar[list[tuple[int, int, int, int]]] = []

    def __init__(self, picture: np.ndarray) -> None:
        self.shape, self.picture = (SIDE, SIDE, 3), picture

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


def large() -> tuple[Image, tuple[int, int]]:
    """Return the image that is not in memory, and where its region begins."""
    lazy = da.from_array(Counting(data.astronaut()), chunks=(CHUNK, CHUNK, 3), asarray=False)
    coarse = np.zeros((SIDE // 100, SIDE // 100, 3), np.uint8)
    return Image([lazy, coarse], multiscale=True, rgb=True), (CORNER[0] + INSIDE, CORNER[1] + INSIDE)


def small() -> tuple[Image, tuple[int, int]]:
    """Return the image of the same pixels that is, and where its region begins."""
    return Image(data.astronaut(), rgb=True), (INSIDE, INSIDE)


IMAGES = {"large": large, "small": small}


def once(name: str, steps: int) -> float:
    """Return the seconds of a run on one of the images, after a short one."""
    image, corner = IMAGES[name]()
    run(request(image, corner, 1))
    return run(request(image, corner, steps))[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--steps", type=int, default=20)
    args = parser.parse_args()
    images = {name: make() for name, make in IMAGES.items()}
    run(request(*images["small"], 1))
    Counting.read.clear()
    times: dict[str, list[float]] = {"large": [], "small": []}
    peaks: dict[str, list[float]] = {"large": [], "small": []}
    for _ in range(args.runs):
        for name, image in images.items():
            what = request(*image, args.steps)
            _, seconds, peak = run(what)
            times[name].append(seconds)
            peaks[name].append(peak)
            if name == "large":
                top, left, bottom, right = what._part[0]
    beyond = [
        box
        for box in Counting.read
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
                "reads": len(Counting.read),
                "reads beyond the crop and a chunk": len(beyond),
            }
        )
    )


if __name__ == "__main__":
    main()
