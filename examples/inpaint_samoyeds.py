"""Fill a hole in a photo; the classifier guesses what the photo shows from what is left."""

import argparse
from pathlib import Path

from PIL import Image

from napari_robust_synth import core, load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Inpaint().steps)
args = parser.parse_args()

photo = samples.load("inpaint")
hole = core.fill_mean(photo["image"], photo["mask"])
job = tasks.Job(tasks.Inpaint(steps=args.steps), load_classifier(), image=hole, mask=photo["mask"])
filled = job.run()
print(f"guessed: {job.label}")
Image.fromarray(hole).save(args.out / "inpaint-before.png")
Image.fromarray(filled).save(args.out / "inpaint-after.png")
