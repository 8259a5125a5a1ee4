"""Turn a drawing into a picture, looking at it while it comes about."""

import argparse
from pathlib import Path

from PIL import Image

from napari_robust_synth import load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Sketch().steps)
args = parser.parse_args()

drawing = samples.load("sketch")["image"]
job = tasks.Job(tasks.Sketch(steps=args.steps), load_classifier(), image=drawing, label="church")
every = max(args.steps // 3, 1)
for state in job.states():
    if state.step % every == 0:
        print(f"step {state.step}: loss {state.loss.item():.2f}")
        Image.fromarray(job.result(state.x)).save(args.out / f"sketch-{state.step:03d}.png")
