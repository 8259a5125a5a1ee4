"""Enlarge a tiny photo eight times, from each kind of start."""

import argparse
from pathlib import Path

from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.SuperResolve().steps)
args = parser.parse_args()

small = samples.load("super-resolve")["image"]
classifier = load_classifier()
Image.fromarray(small).save(args.out / "super-resolve-small.png")
for start in ("nearest", "bicubic", "faithful"):
    job = tasks.Job(tasks.SuperResolve(start=start, steps=args.steps), classifier, image=small)
    large = job.run()
    print(f"{start}: {job.label}, {small.shape[1]} px become {large.shape[1]} px")
    Image.fromarray(job.picture.canvas).save(args.out / f"super-resolve-{start}-before.png")
    Image.fromarray(large).save(args.out / f"super-resolve-{start}-after.png")
