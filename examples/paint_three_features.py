"""Paint three features one after the other, each where its mask says (figure 8 of the paper).

A feature is one number of the classifier's representation. The ones that answer to a class are found by comparing
a few pictures drawn of the class with the photo.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from napari_robust_synth import core, load_classifier, samples, tasks

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path, nargs="?", default=Path(), help="folder for the pictures")
parser.add_argument("--steps", type=int, default=tasks.Paint().steps)
args = parser.parse_args()

classifier = load_classifier()
picture = samples.load("paint-feature")["image"]
y, x = np.mgrid[: picture.shape[0], : picture.shape[1]] / picture.shape[0]
places = {  # class: centre and half axes of an ellipse, as shares of the picture
    "parachute": (0.27, 0.27, 0.2, 0.22),
    "church": (0.5, 0.74, 0.36, 0.22),
    "golden retriever": (0.75, 0.25, 0.22, 0.22),
}

Image.fromarray(picture).save(args.out / "features-0.png")
for number, (label, (top, left, tall, wide)) in enumerate(places.items(), start=1):
    drawn = tasks.Job(tasks.Generate(n=4, steps=min(args.steps, 30)), classifier, label=label).run()
    shown = [*drawn, picture]
    grids = [core.resample(core.to_tensor(s, (0, 255)), (classifier.size, classifier.size)) for s in shown]
    values = [classifier.features(grid)[0] for grid in grids]
    feature = int((sum(values[:-1]) / len(drawn) - values[-1]).argmax())
    mask = ((y - top) / tall) ** 2 + ((x - left) / wide) ** 2 < 1
    job = tasks.Job(tasks.Paint(steps=args.steps), classifier, image=picture, mask=mask, features=[feature])
    picture = job.run()
    print(f"{number}: feature {feature} ({label})")
    Image.fromarray(picture).save(args.out / f"features-{number}.png")
