"""Translate and generate: how often independent judges see the class that was asked for.

Translate starts from validation pictures and aims at another class, drawn at random. Generate starts from normal,
univariate and uniform seeds. With ``--twin`` the standard twin does the same from the same pictures and seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from common import (
    CLASSES,
    draw_pictures,
    make_task,
    model_options,
    open_classifier,
    parser,
    read_square,
    report,
    run_all,
    share_ci,
    task_options,
)
from judge import Judge, judges
from PIL import Image
from standard_twin import load_twin

from napari_robust_synth import Classifier
from napari_robust_synth.tasks import Generate, Job, Translate

SEEDS = ("normal", "univariate", "uniform")
Jobs = Sequence[Job]


def translations(classifier: Classifier, args: argparse.Namespace) -> list[Job]:
    """Prepare one translation for each picture drawn, to a class that is not its own."""
    task, rng, jobs = make_task(Translate, args), np.random.default_rng(args.seed + 1), []
    for path in draw_pictures(args.data, args.cases, args.seed):
        own = CLASSES[path.parent.name]
        target = str(rng.choice([name for name in sorted(CLASSES.values()) if name != own]))
        jobs.append(Job(task, classifier, image=read_square(path), label=target, size=args.size))
    return jobs


def drawings(classifier: Classifier, args: argparse.Namespace, seeds: str) -> list[Job]:
    """Prepare single pictures of the classes in turn, each from its own seed."""
    task, names = make_task(Generate, args, n=1, seeds=seeds), classifier.class_names
    return [
        Job(task, classifier, label=names[i % len(names)], seed=args.seed + i, size=args.size)
        for i in range(args.cases)
    ]


def picture(result: np.ndarray) -> np.ndarray:
    """Return the picture of a result: generate's has a first axis of one."""
    return result[0] if result.ndim == 4 else result


def agreement(jobs: Jobs, results: Sequence[np.ndarray], asked: dict[str, Judge]) -> dict[str, Any]:
    """Measure how often each judge names the label of the job."""
    classes, pictures = jobs[0].classifier.class_names, [picture(r) for r in results]
    return {
        name: share_ci([classes[a] == job.label for a, job in zip(judge(pictures), jobs, strict=True)])
        for name, judge in asked.items()
    }


def check(jobs: Jobs, results: Sequence[np.ndarray], asked: dict[str, Judge]) -> dict[str, Any]:
    """Compare results of the batch with those of the same jobs run one by one, as a user does."""
    alone = [job.run() for job in jobs]
    gap = [np.abs(a.astype(int) - r.astype(int)) for a, r in zip(alone, results, strict=True)]
    views = [[picture(r) for r in rs] for rs in (alone, results)]
    return {
        "cases": len(jobs),
        "largest difference of a pixel (0 to 255)": int(max(g.max() for g in gap)),
        "mean difference of a pixel (0 to 255)": round(float(np.mean([g.mean() for g in gap])), 4),
        "judges' answers that differ": sum(
            a != b for judge in asked.values() for a, b in zip(*(judge(v) for v in views), strict=True)
        ),
    }


def contact_sheet(jobs: Jobs, results: Sequence[np.ndarray], path: Path, side: int = 160, columns: int = 5) -> None:
    """Save the first pictures beside what they started from, to look at."""
    shown = min(len(jobs) // columns, 5) * columns
    starts = [_fit(job.preview(job.start)[0], side) for job in jobs[:shown]]
    pairs = [np.hstack([start, _fit(picture(r), side)]) for start, r in zip(starts, results[:shown], strict=True)]
    if pairs:
        Image.fromarray(np.vstack([np.hstack(pairs[i : i + columns]) for i in range(0, shown, columns)])).save(path)


def _fit(image: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(image[..., :3]).resize((side, side), Image.Resampling.BICUBIC))


def measure(classifier: Classifier, args: argparse.Namespace, seeds: Sequence[str]) -> dict[str, Any]:
    """Run what was asked for with one classifier and let the judges look."""
    asked = judges(classifier.class_names, classifier.device)
    plan = {"translate": lambda: translations(classifier, args)} if "translate" in args.tasks else {}
    if "generate" in args.tasks:
        plan |= {f"generate, {s} seeds": lambda s=s: drawings(classifier, args, s) for s in seeds}
    out: dict[str, Any] = {}
    for name, make in plan.items():
        jobs = make()
        results = list(run_all(jobs, args.batch, f"{classifier.name}: {name}"))
        out[name] = {**agreement(jobs, results, asked), "parameters": jobs[0].task.to_dict()}
        if args.check:
            out[name]["batched against one by one"] = check(jobs[: args.check], results[: args.check], asked)
        if args.sheets:
            file = f"{classifier.name} {name}.png".replace(" ", "_").replace(",", "")
            contact_sheet(jobs, results, args.sheets / file)
    return out


def main() -> None:
    p = parser(__doc__)
    model_options(p)
    task_options(p)
    p.add_argument("--twin", type=Path, help="file that standard_twin.py wrote")
    p.add_argument("--tasks", nargs="+", default=["translate", "generate"], choices=["translate", "generate"])
    p.add_argument("--check", type=int, default=0, help="run this many cases one by one as well, and compare")
    p.add_argument("--sheets", type=Path, help="existing folder for contact sheets; not one that is published")
    args = p.parse_args()
    model = open_classifier(args)
    out: dict[str, Any] = {"benchmark": "synthesis", "model": model.sha256[:12], "size": args.size or model.size}
    out["robust"] = measure(model, args, SEEDS)
    if args.twin:
        out["twin"] = measure(load_twin(args.twin, model.seeds, model.device), args, SEEDS[:1])
        out["times as often as the twin"] = {
            task: {
                judge: round(out["robust"][task][judge]["percent"] / max(value["percent"], 1e-9), 1)
                for judge, value in result.items()
                if "percent" in value
            }
            for task, result in out["twin"].items()
        }
    report(out)


if __name__ == "__main__":
    main()
