"""How near the nearest counterfactual is, against a fine grid of radii scanned upwards to its first success.

Validation pictures at the classifier's own size, each to another class drawn at random. The grid is what one would do
by hand: radii rise by ``--grid`` (L2 at 224 px), each radius gets ``--grid-steps`` of `core.pgd` with steps of a tenth
of the radius, from where the last radius ended (``--cold``: from the picture), until a state reaches the probability.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from common import (
    CLASSES,
    STDERR,
    draw_pictures,
    mean_ci,
    model_options,
    open_classifier,
    parser,
    read_square,
    report,
    share_ci,
)
from rich.progress import track

from napari_robust_synth import Classifier, core
from napari_robust_synth.tasks import Counterfactual, Job
from napari_robust_synth.tasks.difference import difference


def jobs(classifier: Classifier, args: argparse.Namespace) -> list[Job]:
    """Prepare one case for each picture drawn, towards a class that is not its own."""
    task, rng, found = Counterfactual(), np.random.default_rng(args.seed + 1), []
    size = args.size or classifier.size
    for path in draw_pictures(args.data, args.cases, args.seed):
        own = CLASSES[path.parent.name]
        label = str(rng.choice([name for name in sorted(CLASSES.values()) if name != own]))
        found.append(Job(task, classifier, image=read_square(path, size), label=label, size=size))
    return found


def scan(jobs: Sequence[Job], args: argparse.Namespace) -> list[tuple[float, int]]:
    """Return the distance of the grid's first success for each, and the steps it took; they are scanned together."""
    start, scale = torch.cat([job.start for job in jobs]), jobs[0].picture.scale
    inputs = replace(jobs[0].begun.inputs, label=torch.cat([job.begun.inputs.label for job in jobs]))
    goal, found = -math.log(jobs[0].task.probability), [(math.inf, 0)] * len(jobs)
    open_, x = torch.arange(len(jobs)), start
    for i in range(1, round(jobs[0].task.eps / args.grid) + 1):
        if not len(open_):
            break
        center, begun = start[open_], start[open_] if args.cold else x
        ball = core.L2Ball(center, i * args.grid * scale)
        wanted = jobs[0].task.problem(jobs[0].classifier, replace(inputs, label=inputs.label[open_]), center).objective
        run = core.pgd(core.Problem(begun, wanted, ball), steps=args.grid_steps, step_size=ball.eps / 10)
        there = torch.zeros(len(open_), dtype=torch.bool)
        for state in run:
            for k in torch.nonzero((state.loss <= goal) & ~there).flatten().tolist():
                far, job = float((state.x[k] - center[k]).double().norm()) / scale, int(open_[k])
                found[job] = far, (i - 1) * args.grid_steps + state.step
                there[k] = True
        x, open_ = state.x[~there], open_[~there]
    return found


def distance(job: Job, x: torch.Tensor) -> float:
    """Return how far ``x`` is from the picture, as L2 at 224 px."""
    return float((x - job.start).double().norm()) / job.picture.scale


def case(job: Job, there: float, steps: int) -> dict[str, Any]:
    """Measure one picture, of which the grid's outcome is known."""
    x = core.last(job.states()).x
    result = job.result(x)
    source = job.picture.source
    found = {
        "ours": distance(job, x),
        "grid": there,
        "grid steps": steps,
        "probability": job.probability(result),
        "exact": bool((source + difference(source, result) == result).all()),
    }
    STDERR.print(found)
    return found


def main() -> None:
    p = parser(__doc__, cases=100)
    model_options(p)
    p.add_argument("--grid", type=float, default=0.2, help="distance of the radii, L2 at 224 px (default %(default)s)")
    p.add_argument("--grid-steps", type=int, default=10, help="steps at each radius (default %(default)s)")
    p.add_argument("--cold", action="store_true", help="start each radius from the picture")
    args = p.parse_args()
    found, every = [], jobs(open_classifier(args), args)
    for i in track(range(0, len(every), args.batch), "nearest", console=STDERR):
        some = every[i : i + args.batch]
        found += [case(job, *there) for job, there in zip(some, scan(some, args), strict=True)]
    both = [c for c in found if c["ours"] > 0 and max(c["ours"], c["grid"]) < math.inf]
    ours, grid = (float(np.mean([c[name] for c in both])) for name in ("ours", "grid"))
    steps = float(np.mean([c["grid steps"] for c in both]))
    report(
        {
            "benchmark": "counterfactual",
            "model": args.model,
            "grid": {"apart": args.grid, "steps each": args.grid_steps, "cold": args.cold},
            "distance, ours": mean_ci([c["ours"] for c in both]),
            "distance, grid": mean_ci([c["grid"] for c in both]),
            "mean distance, ours over grid": round(ours / grid, 4),
            "steps, ours over grid": round(Counterfactual().steps / steps, 4),
            "steps, grid": round(steps, 1),
            "the 8-bit result reaches the probability": share_ci(
                [c["probability"] >= Counterfactual().probability for c in found]
            ),
            "source plus difference is the result": share_ci([c["exact"] for c in found]),
        }
    )


if __name__ == "__main__":
    main()
