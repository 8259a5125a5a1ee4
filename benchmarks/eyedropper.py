"""Features picked on one photo of a golf ball, measured on twenty others, and painted into other pictures.

The balls are marked by hand with ellipses: ``eyedropper_marks.json`` maps a picture's name to left, top, right and
bottom of its ellipse, in parts of the picture's width and height. The features are picked on the first.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from common import (
    make_task,
    mean_ci,
    model_options,
    open_classifier,
    parser,
    read_square,
    report,
    share_ci,
    task_options,
)
from PIL import Image

from napari_robust_synth import Classifier, core
from napari_robust_synth.features.eyedropper import FINER, eyedropper, levels
from napari_robust_synth.tasks import Job, Paint

WNID = "n03445777"
MARKS: dict[str, list[float]] = json.loads(Path(__file__).with_name("eyedropper_marks.json").read_text())
OTHERS = "n03028079"  # churches, to paint into


def ellipse(shape: tuple[int, int], box: list[float]) -> np.ndarray:
    """Return the pixels (H, W) inside an ellipse."""
    y, x = ((np.arange(n) + 0.5) / n for n in shape)
    left, top, right, bottom = box
    across, down = (2 * x - left - right) / (right - left), (2 * y - top - bottom) / (bottom - top)
    return down[:, None] ** 2 + across**2 <= 1


def in_and_out(
    classifier: Classifier, image: np.ndarray, mask: np.ndarray, size: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what all features are inside and outside a mask, in the whole picture."""
    x = core.resample(core.to_tensor(image, (0, 255)), core.working_shape(image.shape[:2], size))
    region = torch.from_numpy(mask.astype(np.float32))[None, None]
    return levels(classifier, x, region)[:2]


def measured(classifier: Classifier, folder: Path, top: int, size: int, seed: int) -> tuple[list[int], dict[str, Any]]:
    """Pick on the first photo; return what was picked, and how it does on the others beside random features."""
    photos = [(np.asarray(Image.open(folder / name).convert("RGB")), box) for name, box in MARKS.items()]
    first, *others = [(image, ellipse(image.shape[:2], box)) for image, box in photos]
    picked = [one.component for one in eyedropper(classifier, *first, size=size, top=top)]
    rest = np.setdiff1d(np.arange(classifier.n_features), picked)
    random = np.random.default_rng(seed).choice(rest, 200, replace=False).tolist()
    ours, theirs = [], []
    for image, mask in others:
        inside, outside = in_and_out(classifier, image, mask, size)
        ours.append(float(inside[picked].mean() / outside[picked].mean()))
        theirs.append(float(inside[random].mean() / outside[random].mean()))
    return picked, {
        "inside over outside, picked": mean_ci(ours),
        "inside over outside, picked, median": round(float(np.median(ours)), 2),
        "inside over outside, random": mean_ci(theirs),
        "inside over outside, random, median": round(float(np.median(theirs)), 2),
        "photos where picked are at least 1.5": share_ci([r >= 1.5 for r in ours]),
        "photos where picked beat random": share_ci([r > t for r, t in zip(ours, theirs, strict=True)]),
    }


def painted(classifier: Classifier, picked: list[int], task: Paint, files: list[Path]) -> dict[str, Any]:
    """Paint what was picked into the middle of other pictures."""
    rises, outside_same = [], []
    for file in files:
        image = read_square(file)
        mask = ellipse(image.shape[:2], [0.3, 0.3, 0.7, 0.7])
        result = Job(task, classifier, image=image, mask=mask, features=picked).run()
        before, after = (in_and_out(classifier, p, mask, classifier.size)[0][picked].mean() for p in (image, result))
        rises.append(float(after / before.clamp_min(1e-6)))
        outside_same.append(bool((image[~mask] == result[~mask]).all()))
    return {
        "rise inside the mask, times, median": round(float(np.median(rises)), 1),
        "pictures where they rise": share_ci([r > 1 for r in rises]),
        "pictures unchanged outside": share_ci(outside_same),
    }


def main() -> None:
    p = parser(__doc__, cases=10)
    model_options(p)
    task_options(p)
    p.add_argument("--top", type=int, default=10, help="how many features are picked")
    args = p.parse_args()
    classifier = open_classifier(args)
    root = args.data / "val" if (args.data / "val").is_dir() else args.data
    size = args.size or round(FINER * classifier.size)
    picked, figures = measured(classifier, root / WNID, args.top, size, args.seed)
    task = make_task(Paint, args)
    files = sorted((root / OTHERS).glob("*.*"))[: args.cases]
    report(
        {"benchmark": "eyedropper", "model": args.model, "picked": picked, "photos": len(MARKS) - 1}
        | figures
        | {"painted": painted(classifier, picked, task, files)}
    )


if __name__ == "__main__":
    main()
