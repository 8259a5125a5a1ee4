"""Enlarge 28 px pictures (8 x 8 area means of 224 px ones) eight times, against Pillow's bicubic."""

from __future__ import annotations

from typing import Any

import numpy as np
from common import (
    SIDE,
    draw_pictures,
    make_task,
    model_options,
    open_classifier,
    parser,
    read_square,
    report,
    run_all,
    task_options,
)
from fidelity import FACTOR, area_means, compare
from perceptual import distances
from PIL import Image

from napari_robust_synth.tasks import Job, SuperResolve


def main() -> None:
    p = parser(__doc__)
    model_options(p)
    task_options(p)
    p.add_argument("--starts", nargs="+", default=["nearest", "bicubic"], choices=["nearest", "bicubic"])
    args = p.parse_args()
    classifier = open_classifier(args)
    truth = [read_square(path) for path in draw_pictures(args.data, args.cases, args.seed)]
    small = [area_means(image) for image in truth]
    bicubic = [np.asarray(Image.fromarray(s).resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for s in small]
    metrics = distances(classifier.device)
    out: dict[str, Any] = {"benchmark": "super-resolution", "model": classifier.sha256[:12]}
    for start in args.starts:
        task = make_task(SuperResolve, args, factor=FACTOR, start=start)
        jobs = [Job(task, classifier, image=s, size=args.size) for s in small]
        results = list(run_all(jobs, args.batch, f"super-resolve from {start}"))
        out |= {"size": jobs[0].size, "parameters": task.to_dict()}
        out[f"{start} start against Pillow's bicubic"] = compare(truth, results, bicubic, metrics)
    report(out)


if __name__ == "__main__":
    main()
