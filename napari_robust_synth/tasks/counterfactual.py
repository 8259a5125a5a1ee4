"""Counterfactual: the smallest change after which the classifier says another class."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Eps, Inputs, Param, Steps, StepSize, Task

if TYPE_CHECKING:
    from torch import Tensor

    from napari_robust_synth.models import Classifier

Probability = Annotated[float, Param("How probable the class must become", 0.5, 0.99)]


@dataclass(frozen=True, kw_only=True)
class Counterfactual(Task):
    """Find the smallest change that makes the classifier say another class."""

    eps: Eps = 100.0
    step_size: StepSize = 2.0
    steps: Steps = 80
    probability: Probability = 0.9

    name = "counterfactual"
    needs = frozenset({"image", "label"})
    takes = frozenset({"mask"})
    kept = frozenset({"label"})

    def problem(self, classifier: Classifier, inputs: Inputs, start: Tensor) -> core.Problem:
        """Cross-entropy of what the classifier will see of the result, in an L2 ball around the picture."""

        def seen(x: Tensor) -> Tensor:
            return classifier.network(start + inputs.carried(x - start))

        ball = core.L2Ball(start, self.eps * inputs.scale)
        return core.Problem(start, core.class_score(seen, inputs.label), core.Inside(ball, inputs.mask > 0))

    def descend(self, problem: core.Problem, step_size: float) -> Generator[core.State, core.Change | None, None]:
        """Search for the nearest picture that reaches the probability."""
        return core.nearest(problem, probability=self.probability, steps=self.steps, step_size=step_size)
