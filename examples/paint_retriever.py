"""Paint a golden retriever beside a Samoyed; everything outside the mask stays as it is."""

import argparse
from pathlib import Path

from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Paint().steps)
args = parser.parse_args()

photo = samples.load("paint")
job = tasks.Job(
    tasks.Paint(steps=args.steps),
    load_classifier(),
    image=photo["image"],
    mask=photo["mask"],
    label="golden retriever",
)
painted = job.run()
print(f"golden retriever: {job.probability(photo['image']):.0%} before, {job.probability(painted):.0%} after")
Image.fromarray(photo["image"]).save(args.out / "paint-before.png")
Image.fromarray(painted).save(args.out / "paint-after.png")
