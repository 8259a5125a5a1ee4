"""What a run works towards, and how a change turns it while it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

import torch
from torch import Tensor

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.base import Inputs, Task
from napari_robust_synth.tasks.inputs import changed, check_features, class_index
from napari_robust_synth.tasks.regions import aimed_anew

AIM = {"label", "features"}


@dataclass(frozen=True)
class Aim:
    """A class, by name and number, or components of the representation; none where a task has no such target."""

    label: str | None = None
    index: int | None = None
    features: tuple[int, ...] = ()

    @classmethod
    def of(
        cls, task: Task, classifier: Classifier, picture: Tensor, label: str | int | None, features: Sequence[int]
    ) -> Aim:
        """Return what is asked for; a class is predicted where a task takes one and none is given.

        Raises
        ------
        ValueError
            When the class or a feature is unknown.
        """
        checked = check_features(classifier, features)
        index = None if label is None else class_index(classifier.class_names, label)
        if index is None and not checked and "label" in task.needs | task.takes:
            index = int(classifier.probabilities(picture).argmax())
        return cls(None if index is None else classifier.class_names[index], index, checked)

    def number(self, device: torch.device) -> Tensor:
        """Return the class as a task gets it: (1,), or empty without one."""
        return torch.tensor([] if self.index is None else [self.index], device=device)


@dataclass(frozen=True)
class Course:
    """Parameters, target and inputs of a run from one change to the next."""

    task: Task
    aim: Aim
    inputs: Inputs

    def turned(self, classifier: Classifier, change: Mapping[str, Any]) -> Course:
        """Return the course after a change.

        Raises
        ------
        ValueError
            When the run can't follow it.
        """
        task, inputs, aim = changed(self.task, change), self.inputs, self._aim(classifier, change)
        if aim != self.aim:
            inputs = replace(inputs, label=aim.number(classifier.device), features=aim.features)
        if inputs.regions and "palette" in change:
            inputs = replace(inputs, regions=aimed_anew(classifier, inputs.regions, change["palette"]))
        return Course(task, aim, inputs)

    def written(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """Return the change that led here as a recipe has it: with both, as one replaces the other."""
        if not AIM & set(change):
            return dict(change)
        features = {"features": list(self.aim.features)} if "feature" in self.task.takes else {}
        return {**change, "label": self.aim.label, **features}

    def _aim(self, classifier: Classifier, change: Mapping[str, Any]) -> Aim:
        if not AIM & set(change):
            return self.aim
        label, features = _checked(change.get("label"), change.get("features"))
        if "feature" in self.task.takes and (label is None) == (not features):
            raise ValueError(f"{self.task.name} needs either a class or features" + (", not both" if features else ""))
        return Aim.of(self.task, classifier, self.inputs.image, label, features)


def _checked(label: Any, features: Any) -> tuple[str | int | None, Sequence[int]]:
    """Return what a change has of these when they can be a class and features: recipes are edited by hand, too."""
    given = () if features is None else features
    if not (label is None or isinstance(label, str | int)):
        raise ValueError(f"a change's label is {label!r}, expected the name or the number of a class")
    if not (isinstance(given, list | tuple) and all(isinstance(one, Integral) for one in given)):
        raise ValueError(f"a change's features are {features!r}, expected a list of whole numbers")
    return label, given
