"""Generate: draw pictures of a class from random seeds (paper, section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Eps, Inputs, Param, Role, Steps, StepSize, Task

if TYPE_CHECKING:
    from torch import Tensor

    from napari_robust_synth.models import Classifier

Seeds = Literal["normal", "univariate", "uniform", "image"]


@dataclass(frozen=True, kw_only=True)
class Generate(Task):
    """Draw new pictures of a class."""

    eps: Eps = 40.0
    step_size: StepSize = 2.0
    steps: Steps = 30
    n: Annotated[int, Param("How many pictures to draw", 1, 64)] = 4
    seeds: Annotated[Seeds, Param("What to start from: noise like the class, plain noise, or the image")] = "normal"

    name = "generate"
    needs = frozenset({"label"})
    takes = frozenset({"image"})
    size_ratio = 10 / 7
    presets = {"default": {}, "paper": {"eps": 40.0, "step_size": 1.0, "steps": 60}}

    def made_random(self) -> Task:
        """Return the task as it is: it draws its seeds."""
        return self

    def requires(self) -> frozenset[Role]:
        """Return also the image, when the seeds are made of it."""
        return self.needs | {"image"} if self.seeds == "image" else self.needs

    def starts(self, classifier: Classifier, inputs: Inputs) -> Tensor:
        """Draw the seeds."""
        if self.seeds == "image":
            return core.random_crops(inputs.image, self.n, inputs.generator)
        height, width = inputs.image.shape[2:]
        if self.seeds == "uniform":
            return core.uniform_seeds(self.n, (height, width), inputs.generator)
        if classifier.seeds is None:
            raise ValueError(f"model {classifier.name!r} has no seed statistics: choose uniform or image seeds")
        draw = classifier.seeds.multivariate if self.seeds == "normal" else classifier.seeds.univariate
        return draw(int(inputs.label), self.n, (height, width), inputs.generator)

    def problem(self, classifier: Classifier, inputs: Inputs, start: Tensor) -> core.Problem:
        """Cross-entropy to the class, in an L2 ball around each seed."""
        score = core.class_score(classifier.logits, inputs.label)
        return core.Problem(start, score, core.L2Ball(start, self.eps * inputs.scale))
