"""Raising a feature or a class inside a square: what is gained there, and what changes elsewhere (paper, figure 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.segmentation import find_boundaries
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.estimates import bootstrap, ratio, share
from napari_robust_synth.evaluation.parts.common import SHOWN, described, judged
from napari_robust_synth.evaluation.parts.inpainting import squares
from napari_robust_synth.evaluation.pool import SIDE, Pixels
from napari_robust_synth.evaluation.results import Check, Found, Row, Table
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.evaluation.strips import heat, strip
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Paint

SQUARE = 72
FEATURES = 5
DENSE = 200 * SQUARE**2 / SIDE**2
TINY = 1e-6


@dataclass(frozen=True)
class Painted:
    """One picture: the feature inside, usually and here, its gain inside and everywhere, change outside, the gain."""

    usual: float
    after: float
    inside: float
    everywhere: float
    outside: float
    map: NDArray[np.float64]


def find(classifier: Classifier, bench: Bench) -> Found:
    """Paint the strongest feature of five classes, then a class, into a square anywhere in each picture."""
    settings, examples = bench.settings, bench.examples
    bench.meter.expect(2 * len(examples))
    masks, names = squares(len(examples), SQUARE, settings.seed), bench.classes
    chosen = np.linspace(0, len(names) - 1, min(FEATURES, len(names))).round().astype(int)
    columns = [classifier.class_names.index(names[i]) for i in chosen]
    strongest = list(dict.fromkeys(classifier.weights[columns].argmax(1).tolist()))
    features = [strongest[i % len(strongest)] for i in range(len(examples))]
    labels = [names[(names.index(e.label) + len(names) // 2) % len(names)] for e in examples]
    task = settings.task(Paint)
    painted: list[Pixels] = [np.empty(0, np.uint8)] * len(examples)
    for feature in strongest:  # those of one feature can run together
        own = [i for i, f in enumerate(features) if f == feature]
        jobs = [Job(task, classifier, image=examples[i].pixels, mask=masks[i], features=(feature,)) for i in own]
        for i, (_, picture) in zip(own, run_all(jobs, settings.batch, bench.meter.add), strict=True):
            painted[i] = picture
    jobs = [
        Job(task, classifier, image=e.pixels, mask=mask, label=label)
        for e, mask, label in zip(examples, masks, labels, strict=True)
    ]
    classes = [picture for _, picture in run_all(jobs, settings.batch, bench.meter.add)]
    shown = [e.pixels for e in examples]
    usual = {f: max(float(feature_maps(classifier, shown, f).mean()), TINY) for f in strongest}
    looked = [
        look(classifier, e.pixels, picture, mask, feature, usual[feature])
        for e, picture, mask, feature in zip(examples, painted, masks, features, strict=True)
    ]
    rows = (feature_row(looked, settings.seed), class_row(bench, classes, labels, masks))
    lines = [
        [examples[i].pixels, painted[i], mapped(looked[i].map, masks[i]), classes[i]]
        for i in range(min(SHOWN // 2, len(examples)))
    ]
    heads = ("picture", "feature painted", "gain of the feature", "class painted")
    figure = strip(
        "Painted", f"by {classifier.name}; red in the map is gain; where it is white, none", lines, heads, side=168
    )
    table = Table(f"In a square of {SQUARE} in {SIDE} pixels", rows)
    about = {**described(jobs[0]), "features": strongest}
    return Found("painting", classifier.name, (table,), (figure,), claims(rows[0]), (), about)


def feature_maps(classifier: Classifier, pictures: Sequence[Pixels], feature: int) -> Tensor:
    """Return where a feature is seen, (N, h, w), in pictures at the classifier's size."""
    side, found = (classifier.size, classifier.size), []
    for picture in pictures:
        x = core.resample(core.to_tensor(picture, (0, 255)), side)
        with torch.inference_mode():
            found.append(classifier.feature_map(x.to(classifier.device))[0, feature].double().cpu())
    return torch.stack(found)


def look(classifier: Classifier, before: Pixels, after: Pixels, mask: core.Mask, feature: int, usual: float) -> Painted:
    """Compare the feature's map before and after."""
    was, now = feature_maps(classifier, (before, after), feature)
    inside = core.resample(torch.from_numpy(mask.astype(np.float32))[None, None], was.shape)[0, 0].double()
    gained = (now - was).clamp_min(0)
    kept, everywhere = (float(gain.sum()) / usual for gain in (gained * inside, gained))
    raised = float((now * inside).sum() / inside.sum().clamp_min(TINY))
    return Painted(usual, raised, kept, everywhere, changed_outside(before, after, mask), (now - was).numpy())


def mapped(gain: NDArray[np.float64], mask: core.Mask) -> Pixels:
    """Colour a map of gain, and draw the square's edge."""
    shown = heat(gain, SIDE).copy()
    shown[find_boundaries(mask)] = 0
    return shown


def changed_outside(before: Pixels, after: Pixels, mask: core.Mask) -> float:
    """Return the largest change of a pixel outside the mask, 0 to 255."""
    return float(np.abs(after.astype(int) - before)[~mask].max())


def feature_row(looked: Sequence[Painted], seed: int) -> Row:
    """Sum up the pictures with a feature painted."""
    values = {
        "gain": ratio([p.after for p in looked], [p.usual for p in looked], seed),
        "kept": ratio([100 * p.inside for p in looked], [max(p.everywhere, TINY) for p in looked], seed),
        "outside": bootstrap([p.outside for p in looked], seed),
    }
    return Row("a feature", values)


def class_row(bench: Bench, pictures: list[Pixels], labels: list[str], masks: list[core.Mask]) -> Row:
    """Sum up the pictures with a class painted: what the judge sees in the square, and the change outside."""
    cut = [picture[mask].reshape(SQUARE, SQUARE, 3) for picture, mask in zip(pictures, masks, strict=True)]
    hits = judged(cut, labels, bench)
    pairs = zip(bench.examples, pictures, masks, strict=True)
    outside = bootstrap([changed_outside(e.pixels, p, mask) for e, p, mask in pairs], bench.settings.seed)
    return Row("a class (the square alone is judged)", {**({"judge": share(hits)} if hits else {}), "outside": outside})


def claims(row: Row) -> tuple[Check, ...]:
    """Claim that the feature is raised, there and not elsewhere."""
    return (
        Check("activation inside at least twice the usual one", row.values["gain"], 2.0, "times"),
        Check(
            f"at least {DENSE:.0f} % of the gain is inside, twice its share of the area", row.values["kept"], DENSE, "%"
        ),
        Check("no pixel outside changes", row.values["outside"], 0.0, "of 255", lower=True, digits=0),
    )
