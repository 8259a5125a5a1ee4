"""Turn a Samoyed into other dogs."""

import argparse
from pathlib import Path

from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Translate().steps)
args = parser.parse_args()

photo = samples.load("translate")["image"]
classifier = load_classifier()
Image.fromarray(photo).save(args.out / "translate-before.png")
for label in ("beagle", "golden retriever"):
    job = tasks.Job(tasks.Translate(steps=args.steps), classifier, image=photo, label=label)
    dog = job.run()
    print(f"{label}: {job.probability(photo):.0%} before, {job.probability(dog):.0%} after")
    Image.fromarray(dog).save(args.out / f"translate-{label.replace(' ', '-')}.png")
