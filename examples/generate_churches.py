"""Draw new churches: from random seeds, and from a pattern."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Generate().steps)
parser.add_argument("-n", type=int, default=4, help="pictures of each kind")
args = parser.parse_args()

classifier = load_classifier()
pattern = samples.load("generate")["image"]
for seeds, image in (("normal", None), ("uniform", None), ("image", pattern)):
    task = tasks.Generate(n=args.n, seeds=seeds, steps=args.steps)
    job = tasks.Job(task, classifier, image=image, label="church", seed=1)
    pictures = job.run()
    print(f"{seeds} seeds: church with {job.probability(pictures):.0%} on average")
    Image.fromarray(np.concatenate(pictures, 1)).save(args.out / f"generate-{seeds}.png")
