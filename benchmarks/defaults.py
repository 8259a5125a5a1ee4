"""How long a run of each task takes with its defaults, on a picture of 224 px: from arrays to the result's array.

    python benchmarks/defaults.py [--rounds 5]

The classifier is loaded and has run once in each shape; generate draws one picture.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np
import torch

from napari_robust_synth import core, load_classifier, samples
from napari_robust_synth.tasks import TASKS, Job
from napari_robust_synth.tasks.targets import Target

SIDE, SMALL = 224, 28
TASK_NAMES = ("paint", "inpaint", "translate", "sketch", "super-resolve", "generate", "palette")


def cut(picture: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Scale a picture to a square."""
    small = core.resample(core.to_tensor(picture, (0, 255)), (side, side))
    return np.rint(core.to_array(small)[0] * 255).astype(np.uint8)


def inputs(name: str) -> dict[str, Any]:
    """Return what a task needs, of its own sample where that has a picture."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[40:110, 40:110], mask[120:200, 100:200] = 1, 2
    photo = cut(samples.load("translate")["image"])
    return {
        "paint": {"image": photo, "mask": mask == 1, "label": "church"},
        "inpaint": {"image": photo, "mask": mask == 1},
        "translate": {"image": photo, "label": "beagle"},
        "sketch": {"image": cut(samples.load("sketch")["image"]), "label": "golden retriever"},
        "super-resolve": {"image": cut(photo, SMALL)},
        "generate": {"label": "church"},
        "palette": {"image": photo, "mask": mask, "palette": {1: Target(label="church"), 2: Target(label="tench")}},
    }[name]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--device", default="cpu")
    p.add_argument("--preset", default="default")
    options = p.parse_args()
    classifier, found = load_classifier(device=options.device), {}
    for name in TASK_NAMES:
        extra = {"n": 1} if name == "generate" else {}
        task, given, seconds = TASKS[name].preset(options.preset, **extra), inputs(name), []
        for _ in range(1 + options.rounds):
            begin = time.perf_counter()
            Job(task, classifier, **given).run()
            seconds.append(time.perf_counter() - begin)
        found[name] = {"seconds": round(float(np.median(seconds[1:])), 2), "steps": task.steps}
    print(json.dumps({"threads": torch.get_num_threads(), **found}, indent=2))


if __name__ == "__main__":
    main()
