"""How much quicker slices of a stack, or results side by side, are together than one by one; the pixels are the same.

python benchmarks/together.py [--pictures 8] [--steps 15] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch

from napari_robust_synth import core, load_classifier
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Translate
from napari_robust_synth.tasks.together import Together, grouped

SIZES = (112, 160, 224)


def jobs(classifier: Classifier, size: int, pictures: int, steps: int) -> list[Job]:
    random = np.random.default_rng(0)
    images = [random.integers(0, 255, (size, size, 3), np.uint8) for _ in range(pictures)]
    return [Job(Translate(steps=steps), classifier, image=image, label="church", size=size) for image in images]


def timed(work: Callable[[], list[torch.Tensor]]) -> tuple[float, torch.Tensor]:
    begin = time.perf_counter()
    x = torch.cat(work())
    return time.perf_counter() - begin, x


def compare(classifier: Classifier, size: int, options: argparse.Namespace) -> dict[str, object]:
    def made() -> list[Job]:
        return jobs(classifier, size, options.pictures, options.steps)

    groups = [[job for _, job in group] for group in grouped(enumerate(made()), options.pictures)]
    for n in {1, *map(len, groups)}:
        classifier.prepare((n, 3, size, size))
    rounds = []
    for _ in range(options.rounds):
        alone, x = timed(lambda: [core.last(job.states()).x for job in made()])
        together, y = timed(lambda: [core.last(Together(group).states()).x for group in groups])
        rounds.append((alone / together, torch.equal(x, y)))
    ratios, same = zip(*rounds, strict=True)
    return {"at a time": len(groups[0]), "times as quick": round(median(ratios), 2), "same bits": all(same)}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--pictures", type=int, default=8)
    p.add_argument("--steps", type=int, default=15)
    p.add_argument("--rounds", type=int, default=3)
    options = p.parse_args()
    classifier = load_classifier("bundled").quick()
    found = {f"{size} px": compare(classifier, size, options) for size in SIZES}
    print(json.dumps({"threads": torch.get_num_threads(), **found}, indent=2))


if __name__ == "__main__":
    main()
