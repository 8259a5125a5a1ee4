"""Clean accuracy and accuracy under PGD-20 (L2, eps 3 at 224 px, random start), in float32.

Measured on validation pictures drawn at random, and on those of ImageNet's own validation split alone
(``ILSVRC2012_val_*``), which the features that training started from have not seen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from common import (
    CLASSES,
    STDERR,
    find_pictures,
    model_options,
    open_classifier,
    parser,
    report,
    share_ci,
)
from PIL import Image
from rich.progress import track
from standard_twin import load_twin
from torch import Tensor

from napari_robust_synth.evaluation.accuracy import accuracies
from napari_robust_synth.training.data import centre_transform

EPS = 3.0
STEPS = 20


def main() -> None:
    p = parser(__doc__, cases=1000)
    model_options(p)
    p.add_argument("--all", action="store_true", help="every validation picture, instead of --cases of them")
    p.add_argument("--twin", type=Path, help="measure this file of standard_twin.py instead of the model")
    args = p.parse_args()
    classifier = open_classifier(args)
    if args.twin:
        classifier = load_twin(args.twin, None, classifier.device)
    size = args.size or classifier.size
    found = find_pictures(args.data)
    order = torch.randperm(len(found), generator=torch.Generator().manual_seed(args.seed)).tolist()
    drawn = set(order if args.all else order[: args.cases])
    unseen = {i for i, path in enumerate(found) if path.name.startswith("ILSVRC2012_val_")}
    chosen = sorted(drawn | unseen)
    names = classifier.class_names
    transform = centre_transform(size)

    def load(indices: list[int]) -> tuple[Tensor, Tensor]:
        pictures = torch.stack([transform(Image.open(found[i]).convert("RGB")) for i in indices])
        labels = torch.tensor([names.index(CLASSES[found[i].parent.name]) for i in indices])
        return pictures.to(classifier.device), labels.to(classifier.device)

    starts = track(range(0, len(chosen), args.batch), "PGD-20", console=STDERR)
    batches = (load(chosen[i : i + args.batch]) for i in starts)
    clean, robust = accuracies(classifier.network, batches, eps=EPS * size / 224, steps=STEPS, seed=args.seed)
    out: dict[str, Any] = {"benchmark": "accuracy", "model": classifier.name, "size": size}
    for title, part in (("validation pictures", drawn), ("ILSVRC2012_val pictures alone", unseen)):
        mine = [i in part for i in chosen]
        out[title] = {
            "clean": share_ci(clean.cpu()[mine].tolist()),
            f"under PGD-{STEPS}": share_ci(robust.cpu()[mine].tolist()),
        }
    report(out)


if __name__ == "__main__":
    main()
