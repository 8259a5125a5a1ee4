"""What runs cost against the size of the region, of the image and of a batch, the number of workers, and the memory.

    python benchmarks/scale.py [--parts region image batch memory workers] [--rounds 3] [--steps 10] [--files 16]

Times are medians of rounds in turns. Memory is the peak of a fresh process (``ru_maxrss``), in 10^6 bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from large_image import IMAGES
from PIL import Image
from scale_workers import workers
from skimage import data
from turns import in_turns

from napari_robust_synth import load_classifier, tasks

REGIONS, BATCHES = (64, 128, 256, 512, 1024), (1, 2, 4, 8, 16)
SIDE = 224  # of the pictures that commands work on
ONCE = "import json, sys, large_image; print(json.dumps(large_image.once(sys.argv[1], int(sys.argv[2]))))"
HERE = Path(__file__).parent


def seconds(acts: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    return {name: round(float(np.median(times)), 3) for name, times in in_turns(acts, rounds)[0].items()}


def peak(*command: str) -> tuple[str, float]:
    """Run a command to its end; return its output, and the most memory that it held, in MB."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=HERE, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )
    assert process.stdout is not None
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return out, round(usage.ru_maxrss * 1024 / 1e6)


def region(options: argparse.Namespace) -> dict[str, float]:
    """Seconds of a run on a square region of a 2048 px picture, by the region's side."""
    classifier, picture = load_classifier(), np.kron(data.astronaut(), np.ones((4, 4, 1), np.uint8))

    def run(side: int) -> None:
        mask = np.zeros(picture.shape[:2], bool)
        mask[500 : 500 + side, 500 : 500 + side] = True
        tasks.Job(tasks.Paint(steps=options.steps), classifier, image=picture, mask=mask, label="church").run()

    return seconds({f"{side} px": partial(run, side) for side in REGIONS}, options.rounds)


def image(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Seconds and memory of the same region of a small and of a 20,000 px image."""
    found = {}
    for name in IMAGES:
        out, memory = peak(sys.executable, "-c", ONCE, name, str(options.steps))
        found[name] = {"seconds": round(json.loads(out), 3), "MB": memory}
    return found


def batch(options: argparse.Namespace) -> dict[str, float]:
    """Milliseconds of a step for each picture, by how many run together."""
    classifier = load_classifier()

    def run(n: int) -> None:
        task = tasks.Generate(n=n, steps=options.steps)
        tasks.Job(task, classifier, label="church", size=SIDE, batch=n).run()

    found = seconds({str(n): partial(run, n) for n in BATCHES}, options.rounds)
    return {n: round(1000 * whole / options.steps / int(n), 1) for n, whole in found.items()}


def memory(_: argparse.Namespace) -> dict[str, float]:
    """Memory of commands on a picture of the size that the paper works at."""
    with TemporaryDirectory() as name:
        folder, mask = Path(name), np.zeros((SIDE, SIDE), np.uint8)
        mask[80:140, 80:140] = 255
        Image.fromarray(data.astronaut()[:SIDE, 100 : 100 + SIDE]).save(folder / "picture.png")
        Image.fromarray(mask).save(folder / "mask.png")
        given = {"--label": "church", "--size": str(SIDE), "-o": str(folder / "out.png")}
        rest = (str(folder / "picture.png"), *(word for pair in given.items() for word in pair), "--quiet")
        orders: dict[str, Sequence[str]] = {"inpaint": ("--mask", str(folder / "mask.png")), "translate": ()}
        return {
            task: peak(sys.executable, "-m", "napari_robust_synth", task, *rest, *more)[1]
            for task, more in orders.items()
        }


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "region": region,
    "image": image,
    "batch": batch,
    "memory": memory,
    "workers": workers,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--files", type=int, default=16)
    options = parser.parse_args()
    report = {name: PARTS[name](options) for name in options.parts}
    print(json.dumps({"threads": os.environ.get("OMP_NUM_THREADS", os.cpu_count()), **report}, indent=2))


if __name__ == "__main__":
    main()
