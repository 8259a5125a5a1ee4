"""Make the figure of the page on domains: what an L2 and an Linf classifier of cats and dogs change in two photos.

Run as ``python docs/make_domains.py L2_FOLDER LINF_FOLDER -o docs/images/domains.jpg``; both are made by ``train``.
"""

import argparse
from pathlib import Path

import numpy as np
from make_gallery import Picture, column, row, titled
from skimage import data

from napari_robust_synth import Classifier, load_classifier, samples, tasks

CATS, DOGS = "cats", "dogs"


def square(picture: Picture) -> Picture:
    """Cut the central square."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[top : top + side, left : left + side]


def change(before: Picture, after: Picture) -> Picture:
    """Show in grey by how much each pixel has changed."""
    amount = np.abs(after.astype(float) - before).mean(2, keepdims=True)
    return np.repeat(np.clip(255 * amount / np.quantile(amount, 0.99), 0, 255).astype(np.uint8), 3, 2)


def translated(classifier: Classifier, photos: dict[str, Picture]) -> list[Picture]:
    """Show each photo, its translation to the other class, and where that differs."""
    shown = []
    for target, photo in photos.items():
        result = tasks.Job(tasks.Translate(), classifier, image=photo, label=target).run()
        shown += [photo, result, change(photo, result)]
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("l2", type=Path)
    parser.add_argument("linf", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    photos = {DOGS: square(data.chelsea()), CATS: square(samples.load("translate")["image"])}
    rows = [
        titled(f"{name}: photo, translated, where it changed", row(*translated(load_classifier(folder), photos)))
        for name, folder in {"L2": args.l2, "Linf": args.linf}.items()
    ]
    column(*rows).save(args.output)


if __name__ == "__main__":
    main()
