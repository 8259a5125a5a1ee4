"""Accuracy, clean and under attack, over the radius."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.evaluation.accuracy import attack, correct
from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.estimates import share
from napari_robust_synth.evaluation.results import Check, Found, Row, Table
from napari_robust_synth.models import Classifier
from napari_robust_synth.models.precisions import PLAIN
from napari_robust_synth.tasks.batches import best_batch, in_batches

RADII = (0.5, 1.0, 2.0, 3.0, 4.5, 6.0)
STEPS = 20
ASKED = 3.0
ENOUGH = 25.0
LEAST_CLASSES = 4  # for the losses of AutoAttack


def find(classifier: Classifier, bench: Bench) -> Found:
    """Measure accuracy under PGD-20, L2, at several radii; under AutoAttack at 3, where torchattacks is installed."""
    steps = bench.settings.steps or STEPS
    enough = len(classifier.class_names) >= LEAST_CLASSES
    strongest = enough and find_spec("torchattacks") is not None
    bench.meter.expect(len(bench.examples) * (len(RADII) + 1 + strongest))
    scale = classifier.size / 224
    x, y = tensors(classifier, bench)
    hits = {0.0: under(classifier, x, y, 0.0, steps, bench)}
    for radius in RADII:
        hits[radius] = hits[0.0] & under(classifier, x, y, radius * scale, steps, bench)
    rows = tuple(
        Row(f"radius {radius:g}" if radius else "unchanged", {"accuracy": share(right.tolist())}, x=radius)
        for radius, right in hits.items()
    )
    tables = [Table(f"Right under PGD with {steps} steps", rows, curve="radius of the attack (L2 at 224 px)")]
    notes = []
    if strongest:
        tables.append(autoattack(classifier, x, y, ASKED * scale, bench))
    else:
        missing = "the package torchattacks" if enough else f"at least {LEAST_CLASSES} classes"
        notes.append(f"AutoAttack was left out: it needs {missing}.")
    check = Check(f"right at radius {ASKED:g} (at least {ENOUGH:g} %)", share(hits[ASKED].tolist()), ENOUGH, "%")
    settings = {"norm": "l2", "steps": steps, "step size": "2.5 radius / steps", "starts": 1, "size": classifier.size}
    settings["batch"] = together(classifier, x, bench)
    return Found("robustness", classifier.name, tuple(tables), (), (check,), tuple(notes), settings)


def tensors(classifier: Classifier, bench: Bench) -> tuple[Tensor, Tensor]:
    """Return the pictures at the classifier's size, (N, 3, S, S), and their labels."""
    side = (classifier.size, classifier.size)
    x = torch.cat([core.resample(core.to_tensor(e.pixels, (0, 255)), side) for e in bench.examples])
    labels = torch.tensor([classifier.class_names.index(e.label) for e in bench.examples])
    return x.to(classifier.device), labels.to(classifier.device)


def under(classifier: Classifier, x: Tensor, y: Tensor, eps: float, steps: int, bench: Bench) -> np.ndarray:
    """Say which pictures are named right after an attack within ``eps``; 0 leaves them as they are."""

    def find(chosen: list[int]) -> np.ndarray:
        some, labels = x[chosen], y[chosen]
        if eps:
            seeds = [bench.settings.seed + i for i in chosen]
            some = attack(
                classifier.network, some, labels, eps=eps, steps=steps, step_size=2.5 * eps / steps, seeds=seeds
            )
        return correct(classifier.network, some, labels).cpu().numpy()

    return _all(find, classifier, x, bench)


def together(classifier: Classifier, x: Tensor, bench: Bench) -> int:
    """Return how many pictures to attack together: attacks take the plain path."""
    return bench.settings.batch or best_batch(classifier.on(PLAIN), x.shape[1:], len(x))


def autoattack(classifier: Classifier, x: Tensor, y: Tensor, eps: float, bench: Bench) -> Table:
    """Measure accuracy under AutoAttack (Croce and Hein 2020), as torchattacks runs it."""
    import torchattacks

    network = _Module(classifier)
    strongest = torchattacks.AutoAttack(
        network, norm="L2", eps=eps, n_classes=len(classifier.class_names), seed=bench.settings.seed
    )

    def find(chosen: list[int]) -> np.ndarray:
        return correct(classifier.network, strongest(x[chosen], y[chosen]), y[chosen]).cpu().numpy()

    right = _all(find, classifier, x, bench).tolist()
    return Table("Right under AutoAttack", (Row(f"radius {ASKED:g}", {"autoattack": share(right)}),))


def _all(find: Callable[[list[int]], np.ndarray], classifier: Classifier, x: Tensor, bench: Bench) -> np.ndarray:
    """Return what is found of all pictures, batch by batch."""
    found = []
    for chosen, hits in in_batches(range(len(x)), together(classifier, x, bench), find):
        found.append(hits)
        bench.meter.add(len(chosen))
    return np.concatenate(found)


class _Module(torch.nn.Module):
    """The classifier as torchattacks wants it."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.trunk, self.classifier = classifier._trunk, classifier
        self.eval()

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier.network(x)
