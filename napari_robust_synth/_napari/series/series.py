"""Several results of one request, side by side: from other seeds, strengths, classes or classifiers.

Each is one picture, where the request alone would draw several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from napari_robust_synth.models import find_model
from napari_robust_synth.tasks.inputs import class_index

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth.tasks import Task

SEED, STRENGTH, CLASS, CLASSIFIER = AXES = ("seed", "strength", "class", "classifier")
"""What the results of a series may differ in."""
MOST = 100
SEEDS = 2**31


@dataclass(frozen=True)
class Item:
    """One of a series: what tells it from the others, and the run."""

    title: str
    request: Request


def lacking(axis: str, task: Task) -> str:
    """Say in a line why a task's results can't differ in something; empty when they can."""
    named = task.name.replace("-", " ").capitalize()
    if axis == SEED and task.made_random() is None:
        return f"{named} has one result, whatever the seed. Try several classes."
    if axis == CLASS and "label" not in task.needs | task.takes:
        return f"{named} has a class for each label, and none for the whole: set them in its table."
    return ""


def variation(task: Task) -> str:
    """Return what makes results of a task vary."""
    return SEED if task.made_random() else CLASS


def by_seed(request: Request, count: int) -> list[Item]:
    """Vary the seed, upwards from the form's; a task that starts from the picture starts beside it here."""
    _check(SEED, request, count)
    task = _single(request.task.made_random() or request.task)
    seeds = [(request.seed + i) % SEEDS for i in range(count)]
    return [Item(f"seed {seed}", replace(request, seed=seed, task=task)) for seed in seeds]


def by_strength(request: Request, text: str) -> list[Item]:
    """Vary the strength (eps); ``text`` has the values, with commas.

    Raises
    ------
    ValueError
        When one is no number, or out of range.
    """
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"strengths are {text!r}, expected numbers with commas, such as 10, 20, 40") from None
    _check(STRENGTH, request, len(values))
    tasks = [_single(request.task).with_changes({"eps": value}) for value in values]
    return [Item(f"eps {v:g}", replace(request, task=task)) for v, task in zip(values, tasks, strict=True)]


def by_class(request: Request, names: Sequence[str]) -> list[Item]:
    """Aim at one class after the other."""
    _check(CLASS, request, len(names))
    task = _single(request.task)
    return [Item(name, replace(request, label=name, features=(), task=task)) for name in names]


def by_classifier(request: Request, other: str) -> list[Item]:
    """Do the same with another classifier.

    Raises
    ------
    ValueError
        When that does not know what is aimed at.
    """
    title = Path(other).name
    targets = () if request.palette is None else tuple(request.palette.values())
    if request.features or any(target.features for target in targets):
        raise ValueError("a feature is a number in one classifier, and means nothing in another: aim at a class")
    names = find_model(other).card.class_names
    labels = (request.label, *(target.label for target in targets))
    for label in [label for label in labels if label is not None]:
        try:
            class_index(names, label)
        except ValueError as error:
            raise ValueError(f"classifier {title!r} can't do the same: {error}") from None
    task = _single(request.task)
    return [Item(Path(model).name, replace(request, model=model, task=task)) for model in (request.model, other)]


def _check(axis: str, request: Request, count: int) -> None:
    if why := lacking(axis, request.task):
        raise ValueError(why)
    if not 2 <= count <= MOST:
        plural = "classes" if axis == CLASS else "strengths" if axis == STRENGTH else "seeds"
        raise ValueError(f"{count} chosen, expected 2 to {MOST} {plural}")


def _single(task: Task) -> Task:
    """Let a task that draws several pictures draw one."""
    return task.with_changes({"n": 1}) if "n" in {field.name for field in fields(task)} else task
