"""How far a picture, or an object in it, is from each class."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.tasks.counterfactual import Counterfactual
from napari_robust_synth.tasks.job import Job


@dataclass(frozen=True)
class Distance:
    """What it took to make one class of a picture, or of an object in it; all measured on the result itself.

    Parameters
    ----------
    object : int
        The object's label; 0 for a whole picture, or the region of a mask.
    label : str
        The class asked for.
    before, after : float
        Its probability.
    distance : float
        L2 norm of the change, for 224 px.
    reached : bool
        Whether the probability asked for was reached.
    """

    object: int
    label: str
    before: float
    after: float
    distance: float
    reached: bool


def measure(job: Job, result: core.Array, number: int = 0) -> Distance:
    """Measure a counterfactual's result."""
    if not isinstance(job.task, Counterfactual) or job.label is None:
        raise ValueError(f"the job is of {job.task.name}, expected one of counterfactual")
    before, after = job.probability() or 0.0, job.probability(result) or 0.0
    change: Tensor = job.picture.seen(result) - job.picture.seen(job.picture.source)
    distance = float(torch.linalg.vector_norm(change)) / job.picture.scale
    return Distance(number, job.label, before, after, distance, after >= job.task.probability)


def towards(job: Job, label: str, mask: core.Array | None = None) -> Job:
    """Return the same job towards another class, inside a mask."""
    picture = job.picture
    return Job(
        job.task,
        job.classifier,
        image=picture.source,
        mask=mask,
        label=label,
        size=job.size,
        seed=job.seed,
        value_range=picture.value_range,
        preset=job.preset,
    )


def likeliest_others(job: Job, most: int) -> list[str]:
    """Return the classes that a picture is likeliest to be, at most so many, best first, without the one asked for."""
    names = job.classifier.class_names
    best = job.classifier.probabilities(job.start)[0].topk(min(most, len(names)))
    return [names[i] for i in best.indices.tolist() if names[i] != job.label]


def object_numbers(labels: core.Array) -> list[int]:
    """Return the labels of the objects in a picture of labels.

    Raises
    ------
    ValueError
        When it is not one plane of integers, or has no object.
    """
    if labels.ndim != 2 or labels.dtype.kind not in "bui":
        raise ValueError(f"the labels are {labels.dtype} {labels.shape}, expected one plane of integers (H, W)")
    numbers = [int(n) for n in np.unique(labels) if n != 0]
    if not numbers:
        raise ValueError("the labels mark no object: each object needs a number above 0")
    return numbers


def put_together(cases: Iterable[tuple[Job, core.Array]]) -> core.Array:
    """Return the source with the pixels of each job's mask from that job's result; the masks lie apart.

    They are taken one by one, so that only some of them need to be in memory.
    """
    remaining = iter(cases)
    out: core.Array = next(remaining)[1].copy()
    for job, part in remaining:
        out[job.picture.mask] = part[job.picture.mask]
    return out


def words(d: Distance) -> tuple[str, ...]:
    """Return a row of a table for people: object, class, distance, probability before and after, whether reached."""
    number = str(d.object) if d.object else "–"
    return number, d.label, f"{d.distance:.2f}", f"{d.before:.1%}", f"{d.after:.1%}", "yes" if d.reached else "no"


def as_csv(distances: Sequence[Distance]) -> str:
    """Return a table as CSV, in full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([f.name for f in fields(Distance)])
    writer.writerows(astuple(d) for d in distances)
    return text.getvalue()
