"""Tasks that edit, and whose start may vary with the seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, ClassVar

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Inputs, Param, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from napari_robust_synth.core.sets import FeasibleSet

Variation = Annotated[float, Param("How far from the picture a run starts; above 0 each seed differs", 0, 1, "of eps")]


@dataclass(frozen=True, kw_only=True)
class Varied(Task):
    """A task that starts from the picture, or as far from it as ``variation`` says.

    Parameters
    ----------
    variation : float
        Distance of the start as a part of what the set's radius is; at 0 every seed gives the same picture.
    """

    variation: Variation = 0.0

    usual_variation: ClassVar[float] = 0.5
    """What makes several results differ to the eye."""

    def made_random(self) -> Task:
        """Let the start vary, where it does not yet."""
        return self if self.variation else replace(self, variation=self.usual_variation)

    def begin(self, problem: core.Problem, inputs: Inputs) -> core.Problem:
        """Start from soft grain on the picture, where that may change; the set, and with it the goal, stays."""
        if not self.variation:
            return problem
        grain = self._grain(problem.start.shape, inputs).to(problem.start.device)
        return replace(problem, start=self._moved(problem, grain * (inputs.mask > 0), inputs.scale))

    def _grain(self, shape: Sequence[int], inputs: Inputs) -> Tensor:
        return core.soft_grain(shape, inputs.generator)

    def _moved(self, problem: core.Problem, grain: Tensor, scale: float) -> Tensor:
        radius = self._radius(problem.feasible, scale)
        return problem.start + self.variation * radius * problem.feasible.steepest(grain)

    def _radius(self, feasible: FeasibleSet, scale: float) -> float | Tensor:
        ball = feasible.ball if isinstance(feasible, core.Inside | core.Finer) else feasible
        if isinstance(ball, core.L2Ball | core.LinfBall):
            return ball.eps
        return self.eps * scale  # that of a region's ball is so many times the region's part of a unit step
