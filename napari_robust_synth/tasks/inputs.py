"""From what a user gives to what a task works on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from napari_robust_synth.tasks.base import MAX_SIZE

if TYPE_CHECKING:
    from napari_robust_synth.models import Classifier
    from napari_robust_synth.tasks.base import Task

LIVE = {"eps", "step_size", "keep", "label", "features", "palette"}
"""What may change while a run goes on, where a task has it; see `followed`."""


def class_index(class_names: Sequence[str], label: str | int) -> int:
    """Find a class by name (case does not matter) or number.

    Raises
    ------
    ValueError
        When there is none, with the nearest names.
    """
    if isinstance(label, int):
        if 0 <= label < len(class_names):
            return label
        raise ValueError(f"class {label} is out of range, expected 0 to {len(class_names) - 1}")
    lower = [name.lower() for name in class_names]
    if label.lower() in lower:
        return lower.index(label.lower())
    raise ValueError(f"unknown class {label!r}: the nearest are {nearest(class_names, label)}")


def nearest(class_names: Sequence[str], label: str) -> str:
    """List the classes whose names are nearest to a text, three at most."""
    lower = [name.lower() for name in class_names]
    near = difflib.get_close_matches(label.lower(), lower, 3, 0.5) or lower[:3]
    return ", ".join(repr(class_names[lower.index(n)]) for n in near)


def image_choice(task: type[Task]) -> str | None:
    """Return the parameter, one with "image" among its choices, that decides whether a task works on the image."""
    names = [name for name, (kind, _) in task.parameters().items() if "image" in get_args(kind)]
    return names[0] if names and "image" in task.takes else None


def check_roles(task: Task, *, image: bool, mask: bool, label: bool, features: bool, palette: bool = False) -> None:
    """Refuse a run that lacks an input its task needs, or has one it cannot use.

    Parameters
    ----------
    task : Task
        What is to be run.
    image, mask, label, features, palette : bool
        Whether each is given.

    Raises
    ------
    ValueError
        Naming the input.
    """
    given = {"image": image, "mask": mask, "label": label, "feature": features, "palette": palette}
    for role, there in given.items():
        if role in task.requires() and not there:
            article = "an" if role == "image" else "a"
            raise ValueError(f"{task.name} needs {article} {'class' if role == 'label' else role}")
        if there and role not in task.needs | task.takes:
            raise ValueError(f"{task.name} does not use a {'class' if role == 'label' else role}")
    if "feature" in task.takes and label == features:
        raise ValueError(f"{task.name} needs either a class or features" + (", not both" if label else ""))


def check_features(classifier: Classifier, features: Sequence[int]) -> tuple[int, ...]:
    """Return the features when the classifier has them.

    Raises
    ------
    ValueError
        When one is out of range.
    """
    for feature in features:
        if not 0 <= feature < classifier.n_features:
            raise ValueError(f"feature {feature} is out of range, expected 0 to {classifier.n_features - 1}")
    return tuple(int(f) for f in features)


def changed(task: Task, change: Mapping[str, Any]) -> Task:
    """Return ``task`` as it is after a change while it runs; a new target is no parameter, and checked elsewhere.

    Raises
    ------
    ValueError
        When a value is out of range, or is one that a run keeps.
    """
    fixed = sorted(set(change) - followed(type(task)))
    if fixed:
        raise ValueError(f"{fixed[0]} can't change while {task.name} runs")
    parameters = set(task.parameters())
    return task.with_changes({name: value for name, value in change.items() if name in parameters})


def followed(task: type[Task]) -> set[str]:
    """Return what a run of a task follows while it goes on: parameters, and what it works towards."""
    roles = (task.needs | task.takes) - task.kept
    names = {"features" if role == "feature" else role for role in roles}
    return LIVE & (set(task.parameters()) | names)


def check_size(size: int) -> int:
    """Return the working size when it is sensible.

    Raises
    ------
    ValueError
        When it is below 32 or above 1024.
    """
    if not 32 <= size <= MAX_SIZE:
        raise ValueError(f"size is {size}, expected 32 to {MAX_SIZE} px")
    return size
