"""The smallest change after which the classifier says "golden retriever" of a Samoyed, and what was changed."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks
from napari_robust_synth.tasks.difference import difference
from napari_robust_synth.tasks.distances import measure

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Counterfactual().steps)
args = parser.parse_args()

photo = samples.load("counterfactual")
task = tasks.Counterfactual(steps=args.steps)
job = tasks.Job(task, load_classifier(), image=photo["image"], label=photo["label"])
nearest = job.run()
change = difference(photo["image"], nearest)
found = measure(job, nearest)
print(f"{found.label}: {found.before:.1%} before, {found.after:.1%} after, at a distance of {found.distance:.2f}")
Image.fromarray(nearest).save(args.out / "counterfactual.png")
shown = np.clip(128 + 4 * change, 0, 255).astype(np.uint8)
Image.fromarray(shown).save(args.out / "counterfactual-change.png")
