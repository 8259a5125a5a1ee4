"""Filling a square against simple fillings, measured inside it (paper, figure 4)."""

from __future__ import annotations

import numpy as np

from napari_robust_synth import core
from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.fidelity import Near, nearer, nearness, row
from napari_robust_synth.evaluation.parts.common import SHOWN, described
from napari_robust_synth.evaluation.pool import SIDE, Pixels
from napari_robust_synth.evaluation.results import Found, Table
from napari_robust_synth.evaluation.rivals import FILLINGS
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.evaluation.strips import strip
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Inpaint, Job

SQUARE = 60
GIVEN, PREDICTED, START = "class given", "class predicted", "the filling it starts from"


def find(classifier: Classifier, bench: Bench) -> Found:
    """Fill a square anywhere in each picture, with its class given, and with that which the classifier predicts."""
    settings, truth = bench.settings, [e.pixels for e in bench.examples]
    bench.meter.expect(2 * len(truth))
    masks = squares(len(truth), SQUARE, settings.seed)
    # The hidden pixels are taken out before the task sees the picture, so that nothing can leak from them.
    hidden = [core.fill_mean(picture, mask) for picture, mask in zip(truth, masks, strict=True)]
    made: dict[str, list[Pixels]] = {}
    task = settings.task(Inpaint)
    for way in (GIVEN, PREDICTED):
        jobs = [
            Job(task, classifier, image=picture, mask=mask, label=e.label if way == GIVEN else None)
            for picture, mask, e in zip(hidden, masks, bench.examples, strict=True)
        ]
        made[way] = [picture for _, picture in run_all(jobs, settings.batch, bench.meter.add)]
    made[START] = [job.result(job.start) for job in jobs]
    for name, fill in FILLINGS.items():
        made[name] = [fill(picture, mask) for picture, mask in zip(hidden, masks, strict=True)]
    wanted = inside(truth, masks)
    near: dict[str, Near] = {name: nearness(inside(p, masks), wanted, bench) for name, p in made.items()}
    rows = tuple(row(name, values, settings.seed, rival=name in FILLINGS) for name, values in near.items())
    checks = tuple(nearer(near[PREDICTED], near[name], name, settings.seed) for name in (*FILLINGS, START))
    lines = [
        [hidden[i], made["biharmonic (scikit-image)"][i], made[PREDICTED][i], truth[i]]
        for i in range(min(SHOWN // 2, len(truth)))
    ]
    figure = strip(
        "Filled", f"by {classifier.name}, class predicted", lines, ("hidden", "biharmonic", "filled", "true"), side=168
    )
    table = Table(f"Inside the square of {SQUARE} in {SIDE} pixels", rows)
    return Found("inpainting", classifier.name, (table,), (figure,), checks, (), described(jobs[0]))


def squares(n: int, side: int, seed: int) -> list[core.Mask]:
    """Draw masks with one square each, anywhere in the picture."""
    masks = np.zeros((n, SIDE, SIDE), bool)
    corners = np.random.default_rng(seed).integers(0, SIDE - side + 1, (n, 2))
    for mask, (top, left) in zip(masks, corners, strict=True):
        mask[top : top + side, left : left + side] = True
    return list(masks)


def inside(pictures: list[Pixels], masks: list[core.Mask]) -> list[Pixels]:
    """Cut the squares out of the pictures."""
    sides = [int(mask.any(1).sum()) for mask in masks]
    return [picture[mask].reshape(side, side, 3) for picture, mask, side in zip(pictures, masks, sides, strict=True)]
