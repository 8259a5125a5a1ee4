"""Super-resolve: enlarge a picture and let the classifier draw the detail (paper, section 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Eps, Inputs, Param, Steps, StepSize
from napari_robust_synth.tasks.translate import Translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class SuperResolve(Translate):
    """Enlarge a picture; the class whose detail is drawn is guessed when none is given."""

    eps: Eps = 8.0
    step_size: StepSize = 2.0
    steps: Steps = 10
    factor: Annotated[int, Param("How many times larger each side becomes", 2, 16)] = 8
    start: Annotated[
        Literal["faithful", "nearest", "bicubic"],
        Param("How the picture is enlarged first; a faithful result, shrunk again, is a small picture as it was"),
    ] = "faithful"

    name = "super-resolve"
    needs = frozenset({"image"})
    takes = frozenset({"label"})
    presets = {"default": {}, "paper": {"eps": 8.0, "step_size": 1.0, "steps": 40, "start": "nearest"}}

    def canvas(self, image: core.Array, mask: core.Mask) -> core.Array:
        """Enlarge: nearest neighbour as in the paper, bicubic as it recommends, or bicubic corrected."""
        return core.enlarge(image, self.factor, self.start)

    def _within(self, ball: core.L2Ball, inputs: Inputs) -> core.L2Ball | core.Finer:
        return core.Finer(ball, _kept(inputs, ball.center.shape)) if self.start == "faithful" else ball

    def _grain(self, shape: Sequence[int], inputs: Inputs) -> Tensor:
        if self.start != "faithful":
            return super()._grain(shape, inputs)
        grains = 2 * min(_kept(inputs, shape))  # coarser grain is not in the set
        return core.soft_grain(shape, inputs.generator, grains)


def _kept(inputs: Inputs, shape: Sequence[int]) -> tuple[int, int]:
    """Return (h, w) of the picture that a faithful run keeps: the given one, or as much of it as can be seen."""
    height, width = (min(given, side // 2) for given, side in zip(inputs.given, shape[2:], strict=True))
    return height, width
