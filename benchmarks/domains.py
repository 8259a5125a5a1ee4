"""Cats to dogs: how often a standard ImageNet classifier calls the translation of a held-out cat a dog of any breed.

DATA is the tree that the classifier was trained on, with a folder ``cats``; the last pictures of each class by name are
held out, as the config ``domain-pair`` does. Only the judge's 1000 plain answers count.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from common import (
    STDERR,
    make_task,
    model_options,
    open_classifier,
    parser,
    read_square,
    report,
    share_ci,
    task_options,
)
from PIL import Image
from rich.progress import track

from napari_robust_synth.evaluation.judges import JUDGES
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.tasks import Job, Translate
from napari_robust_synth.training.config import read_config
from napari_robust_synth.training.layout import find

BREEDS = range(151, 269)  # ImageNet's classes from Chihuahua to Mexican hairless


def dogs(answers: Sequence[int]) -> dict[str, object]:
    """Return the share of answers that are a breed of dog."""
    return share_ci([answer in BREEDS for answer in answers])


def jobs(args: argparse.Namespace) -> list[Job]:
    """Prepare the translations of the first held-out cats."""
    classifier = open_classifier(args)
    held = find(args.data, read_config("domain-pair"))[1]
    assert held is not None
    cats = [file for file, c in zip(held.files, held.labels, strict=True) if held.classes[c] == args.source]
    task = make_task(Translate, args)
    return [
        Job(task, classifier, image=read_square(file, args.side), label=args.target, size=args.size)
        for file in cats[: args.cases]
    ]


def contact_sheet(starts: Sequence[Pixels], results: Sequence[Pixels], path: str, columns: int = 5) -> None:
    """Save the first pictures, each beside what it started from, to look at."""
    shown = min(len(starts) // columns, 5) * columns
    pairs = [np.hstack([a, b]) for a, b in zip(starts[:shown], results[:shown], strict=True)]
    if pairs:
        sheet = np.vstack([np.hstack(pairs[i : i + columns]) for i in range(0, shown, columns)])
        Image.fromarray(sheet).save(path)


def changes(starts: Sequence[np.ndarray], results: Sequence[np.ndarray]) -> float:
    """Return how much of what changed lies in the outer half of the pictures' area, where the background is."""
    side = starts[0].shape[0]
    rim = round(side * (1 - 0.5**0.5) / 2)
    change = np.mean([(r.astype(float) - s) ** 2 for s, r in zip(starts, results, strict=True)], axis=(0, 3))
    return round(100 * (1 - float(change[rim:-rim, rim:-rim].sum() / change.sum())), 1)


def main() -> None:
    p = parser(__doc__, cases=100)
    model_options(p)
    task_options(p)
    p.add_argument("--source", default="cats", help="class that is translated")
    p.add_argument("--target", default="dogs", help="class that it becomes")
    p.add_argument("--side", type=int, default=224, help="side of the pictures in pixels")
    p.add_argument("--sheet", help="file for a contact sheet; it shows held-out pictures, so don't publish it")
    args = p.parse_args()
    asked = jobs(args)
    starts = [job.picture.source for job in asked]
    results = [picture for _, picture in run_all(track(asked, "translating", console=STDERR), args.batch)]
    out: dict[str, object] = {"benchmark": "domains", "model": args.model, "parameters": asked[0].task.to_dict()}
    for name, open_judge in JUDGES.items():
        judge = open_judge(asked[0].classifier.device)
        seen = [judge.see(pictures).probabilities.argmax(1).tolist() for pictures in (starts, results)]
        out[name] = {"cats, before": dogs(seen[0]), "translated": dogs(seen[1])}
    out["change in the outer half of the area, percent"] = changes(starts, results)
    if args.sheet:
        contact_sheet(starts, results, args.sheet)
    report(out)


if __name__ == "__main__":
    main()
