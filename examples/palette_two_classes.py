"""Paint a parachute into the sky and a church onto the ground, both at once."""

import argparse
from pathlib import Path

from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Palette().steps)
args = parser.parse_args()

photo = samples.load("palette")
job = tasks.Job(
    tasks.Palette(steps=args.steps),
    load_classifier(),
    image=photo["image"],
    mask=photo["mask"],
    palette={label: tasks.Target(label=name) for label, name in photo["palette"].items()},
)
painted = job.run()
Image.fromarray(photo["image"]).save(args.out / "palette-before.png")
Image.fromarray(painted).save(args.out / "palette-after.png")
