"""How much sooner the `default` preset is where the `paper` preset ends, as `robustness` would run that.

    python benchmarks/sooner.py DATA [--only translate,paint] [--cases 20]

Both presets run on the same validation pictures, towards the same classes. What is compared is the cross-entropy to the
class alone, with its mean over the pictures: ``there`` is the first step of `default` that has come as far down as
`paper` does with its last step, to 1 % of the whole way. ``sooner`` is the ratio of the times until then, at a step's
``--ratio`` (how long a step of `robustness` takes, in steps of ours: `peers.py`; ``--own-ratio`` for an own loss, which
it runs the network twice for). A picture is as good as its judge says, an independent classifier asked among the same
classes, or LPIPS where there is a true picture.

``--try '{"steps": 20}'`` measures other parameters than those of `default`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from common import CLASSES, STDERR, draw_pictures, model_options, open_classifier, parser, read_square, report
from torch.nn import functional as F

from napari_robust_synth import Classifier, core, samples
from napari_robust_synth.evaluation.judges import Judge, find_judge
from napari_robust_synth.evaluation.parts.inpainting import inside, squares
from napari_robust_synth.evaluation.parts.translation import targets
from napari_robust_synth.evaluation.perceptual import find_trunk, open_lpips
from napari_robust_synth.evaluation.rivals import area_means
from napari_robust_synth.tasks import TASKS, Job, Task
from napari_robust_synth.tasks.together import Together

FACTOR, HOLE, MARK = 8, 60, 100
OWN_LOSS = ("inpaint", "paint")
"""Tasks whose paper setting holds the rest by a loss of its own."""
Make = Callable[[Task], list[Job]]


class Cases:
    """Validation pictures, the class of each, and another class for each."""

    def __init__(self, classifier: Classifier, args: argparse.Namespace) -> None:
        paths = draw_pictures(args.data, args.cases, args.seed)
        self.classifier, self.n = classifier, len(paths)
        self.pictures = [read_square(path) for path in paths]
        self.own = [CLASSES[path.parent.name] for path in paths]
        self.others = targets(self.own, classifier.class_names, args.seed)
        self.holes, self.marks = squares(self.n, HOLE, args.seed), squares(self.n, MARK, args.seed)

    def jobs(self, task: Task) -> list[Job]:
        """Make a job of each."""
        given = [self._given(task.name, i) for i in range(self.n)]
        return [Job(task, self.classifier, seed=i, **inputs) for i, inputs in enumerate(given)]

    def _given(self, task: str, i: int) -> dict[str, Any]:
        picture, own, other = self.pictures[i], self.own[i], self.others[i]
        return {
            "generate": lambda: {"label": other},
            "sketch": lambda: {"label": other, "image": samples.load("sketch")["image"]},
            "translate": lambda: {"label": other, "image": picture},
            "paint": lambda: {"label": other, "image": picture, "mask": self.marks[i]},
            "super-resolve": lambda: {"label": own, "image": area_means(picture, FACTOR)},
            "inpaint": lambda: {"label": own, "image": core.fill_mean(picture, self.holes[i]), "mask": self.holes[i]},
        }[task]()


def run(jobs: Sequence[Job], batch: int) -> tuple[np.ndarray, list[core.Array]]:
    """Return the cross-entropy after each step, (steps + 1, N), and the results."""
    losses, results = [], []
    for i in range(0, len(jobs), batch):
        some = list(jobs[i : i + batch])
        course = []
        run = Together(some)
        for state in run.states(measure_last=False):
            course.append(state.terms.get("cross_entropy"))
        losses.append(torch.stack([*course[:-1], _exactly(some, state.x)]))
        results += run.results(state.x)
    return torch.cat(losses, 1).numpy(), [r[0] if r.ndim == 4 else r for r in results]


def _exactly(jobs: Sequence[Job], x: torch.Tensor) -> torch.Tensor:
    """Measure the last pictures in float32, as they are given back: nothing outside a mask has changed in them."""
    labels = torch.cat([job.begun.inputs.label for job in jobs])
    masks, starts = torch.cat([job.begun.inputs.mask for job in jobs]), torch.cat([job.start for job in jobs])
    x = torch.where(masks > 0, x, starts)
    with torch.no_grad():
        return F.cross_entropy(jobs[0].classifier.network(x), labels, reduction="none")


def compare(name: str, cases: Cases, judge: Judge | None, args: argparse.Namespace) -> dict[str, Any]:
    """Run a task with both presets."""
    kind, found = TASKS[name], {}
    losses = {}
    extra = {"n": 1} if name == "generate" else {"factor": FACTOR} if name == "super-resolve" else {}
    for preset in ("paper", "default"):
        own = json.loads(args.parameters) if preset == "default" else {}
        losses[preset], results = run(cases.jobs(kind.preset(preset, **{**extra, **own})), args.batch)
        found[preset] = {
            "steps": len(losses[preset]) - 1,
            "cross-entropy": [round(float(x), 4) for x in losses[preset][[0, -1]].mean(1)],
            **good(name, results, cases, judge),
        }
    paper, ours = (losses[preset].mean(1) for preset in ("paper", "default"))
    there = np.flatnonzero(ours <= paper[-1] + 0.01 * (paper[0] - paper[-1]))
    found["there"] = int(there[0]) if len(there) else None
    ratio = args.own_ratio if name in OWN_LOSS else args.ratio
    found["sooner"] = round(ratio * (len(paper) - 1) / max(int(there[0]), 1), 1) if len(there) else None
    return found


def good(name: str, results: list[core.Array], cases: Cases, judge: Judge | None) -> dict[str, float]:
    """Say how good pictures are."""
    if name in ("inpaint", "super-resolve"):
        ours, true = results, cases.pictures
        if name == "inpaint":
            ours, true = inside(ours, cases.holes), inside(true, cases.holes)
        trunk = find_trunk()
        assert trunk is not None
        distances, _ = open_lpips(trunk, torch.device("cpu"))
        return {"LPIPS": round(float(np.mean(distances(ours, true))), 4)}
    if judge is None:
        return {}
    if name == "paint":
        results = inside(results, cases.marks)
    names = judge.knows(cases.classifier.class_names)
    hits = [a.lower() == b.lower() for a, b in zip(judge.names(judge.see(results), names), cases.others, strict=True)]
    return {"judge, %": round(100 * float(np.mean(hits)), 1)}


def main() -> None:
    p = parser(__doc__, cases=20)
    model_options(p)
    p.add_argument("--only", default="generate,translate,sketch,paint,inpaint,super-resolve")
    p.add_argument("--try", dest="parameters", default="{}", help="parameters instead of the default preset's, JSON")
    p.add_argument("--ratio", type=float, default=2.57, help="a step of robustness in steps of ours")
    p.add_argument("--own-ratio", type=float, default=3.53, help="the same with a loss of its own")
    args = p.parse_args()
    classifier, judge = open_classifier(args), find_judge(torch.device("cpu"))
    cases, result = Cases(classifier, args), {}
    for name in args.only.split(","):
        result[name] = compare(name, cases, judge, args)
        STDERR.print(name, result[name])
    report(result)


if __name__ == "__main__":
    main()
