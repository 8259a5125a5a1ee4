"""What several parts do: ask the judge, say how far pictures moved, describe a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.estimates import Estimate, bootstrap, share
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.evaluation.results import Check
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.classify import classify
from napari_robust_synth.tasks.job import Job

SHOWN = 6
"""Pictures in a strip."""


def asked_for(
    pictures: Sequence[Pixels],
    labels: Sequence[str],
    classifier: Classifier,
    bench: Bench,
    size: int | None = None,
) -> dict[str, Estimate]:
    """Measure how often the judge, and the classifier itself, see the class that was asked for.

    The judge chooses among the classifier's classes that it knows; pictures of others are not counted. The classifier
    looks at its own size, or at that which the runs had.
    """
    values = {"itself": share(hits_of_itself(pictures, labels, classifier, size))}
    hits = judged(pictures, labels, bench)
    return {"judge": share(hits), **values} if hits else values


def judged(pictures: Sequence[Pixels], labels: Sequence[str], bench: Bench) -> list[bool]:
    """Say for each picture whether the judge sees its class; none without a judge that knows two of the classes."""
    known = bench.judge.knows(bench.classes) if bench.judge else []
    chosen = [i for i, label in enumerate(labels) if label in known]
    if bench.judge is None or len(known) < 2 or not chosen:
        return []
    names = bench.judge.names(bench.judge.see([pictures[i] for i in chosen]), known)
    return [name == labels[i] for i, name in zip(chosen, names, strict=True)]


def hits_of_itself(
    pictures: Sequence[Pixels], labels: Sequence[str], classifier: Classifier, size: int | None = None
) -> list[bool]:
    """Say for each picture whether the classifier sees its class."""
    return [
        classify(classifier, picture, size=size, top=1)[0][0] == label
        for picture, label in zip(pictures, labels, strict=True)
    ]


def half(values: Mapping[str, Estimate], what: str) -> tuple[Check, ...]:
    """Claim that the judge sees what was asked for in half of the pictures; nothing without a judge."""
    if "judge" not in values:
        return ()
    return (Check(f"the judge sees {what} (at least 50 %)", values["judge"], 50.0, "%"),)


def moved(jobs: Sequence[Job], pictures: Sequence[Pixels], seed: int) -> Estimate:
    """Return how far results are from what the runs started from, as L2 at 224 px."""
    ends = [job.picture.seen(picture).to(job.start.device) for job, picture in zip(jobs, pictures, strict=True)]
    far = [
        float(torch.linalg.vector_norm(end - job.start)) / job.picture.scale
        for job, end in zip(jobs, ends, strict=True)
    ]
    return bootstrap(far, seed)


def described(job: Job) -> dict[str, Any]:
    """Return the parameters of a run, and how many ran together."""
    return {"task": job.task.name, "size": job.size, "batch": job.batch, **job.task.to_dict()}


def without_judge(bench: Bench) -> tuple[str, ...]:
    """Return what to note where there is no judge, or one that does not know the classes."""
    if bench.judge is None:
        return ("Without an independent judge nothing can be said about what people see: give one with --judge.",)
    known = bench.judge.knows(bench.classes)
    if len(known) == len(bench.classes):
        return ()
    less = "so it is not asked" if len(known) < 2 else "and is asked about these alone"
    return (f"The judge {bench.judge.name} knows {len(known)} of the {len(bench.classes)} classes, {less}.",)
