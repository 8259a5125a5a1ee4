"""Translation between classes, judged (paper, figure 5)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.estimates import share
from napari_robust_synth.evaluation.parts.common import (
    SHOWN,
    asked_for,
    described,
    half,
    hits_of_itself,
    judged,
    moved,
    without_judge,
)
from napari_robust_synth.evaluation.results import Found, Row, Table
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.evaluation.strips import strip
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Translate

CLASSES = 50
"""Up to how many classes have a line each."""


def find(classifier: Classifier, bench: Bench) -> Found:
    """Translate each picture to another class, all pairs in turn; or those of one class to another."""
    settings = bench.settings
    pair = settings.pair
    sources = bench.sources if pair else bench.examples
    labels = [pair[1]] * len(sources) if pair else targets([e.label for e in sources], bench.classes, settings.seed)
    bench.meter.expect(len(sources))
    task = settings.task(Translate)
    jobs = [Job(task, classifier, image=e.pixels, label=label) for e, label in zip(sources, labels, strict=True)]
    pictures = [picture for _, picture in run_all(jobs, settings.batch, bench.meter.add)]
    values = asked_for(pictures, labels, classifier, bench, jobs[0].size)
    before = [e.pixels for e in sources]
    rows = (
        Row("default preset", values | {"distance": moved(jobs, pictures, settings.seed)}),
        Row("pictures as they were", asked_for(before, labels, classifier, bench), rival=True),
        real(before, [e.label for e in sources], classifier, bench),
    )
    tables = [Table("The class that was asked for", rows)]
    hits = judged(pictures, labels, bench)
    if hits and len(hits) == len(labels) and len(bench.classes) <= CLASSES:
        tables.append(Table("By class asked for", by_class(labels, hits)))
    lines = [
        [x for e, p in list(zip(sources, pictures, strict=True))[i : i + SHOWN // 2] for x in (e.pixels, p)]
        for i in range(0, min(len(pictures), SHOWN), SHOWN // 2)
    ]
    caption = "; ".join(f"{e.label} to {label}" for e, label in list(zip(sources, labels, strict=True))[:SHOWN])
    figure = strip("Before and after", f"by {classifier.name}: {caption}", lines)
    checks = half(values, "the class asked for")
    return Found(
        "translation", classifier.name, tuple(tables), (figure,), checks, without_judge(bench), described(jobs[0])
    )


def check_targets(names: Sequence[str], root: Path) -> None:
    """Refuse pictures of one class alone: there is no other to translate them to.

    Raises
    ------
    ValueError
        Before anything was measured.
    """
    if len(names) < 2:
        raise ValueError(
            f"{root} has pictures of one class alone that the classifiers know, {', '.join(names)}, but translation "
            "needs two: give a folder with more classes, or --only without translation"
        )


def targets(labels: Sequence[str], names: Sequence[str], seed: int) -> list[str]:
    """Choose another class for each picture, so that the pairs of classes come in turn."""
    steps = np.random.default_rng(seed + 1).permutation(np.arange(1, len(names)))
    turn: dict[str, int] = {}
    chosen = []
    for label in labels:
        k = turn[label] = turn.get(label, names.index(label) - 1) + 1
        chosen.append(names[(names.index(label) + int(steps[k % len(steps)])) % len(names)])
    return chosen


def real(pictures: list[np.ndarray], labels: list[str], classifier: Classifier, bench: Bench) -> Row:
    """Return how often real pictures are taken for what they are: more can't be expected."""
    hits = judged(pictures, labels, bench)
    values = {"itself": share(hits_of_itself(pictures, labels, classifier))}
    return Row("real pictures, their own class", {"judge": share(hits), **values} if hits else values, rival=True)


def by_class(labels: list[str], hits: list[bool]) -> tuple[Row, ...]:
    """Return a line for each class that was asked for, the best first."""
    own = {name: [hit for label, hit in zip(labels, hits, strict=True) if label == name] for name in labels}
    order = sorted(own, key=lambda name: (-float(np.mean(own[name])), name))
    return tuple(Row(name, {"judge": share(own[name])}) for name in order)
