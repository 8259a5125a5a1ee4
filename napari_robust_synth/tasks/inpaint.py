"""Inpaint: fill a region so that it fits the picture (paper, section 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from napari_robust_synth import core
from napari_robust_synth.tasks.base import KEEP_ALL, Eps, Inputs, Keep, Param, Steps, StepSize
from napari_robust_synth.tasks.masked import held
from napari_robust_synth.tasks.varied import Varied

if TYPE_CHECKING:
    from torch import Tensor

    from napari_robust_synth.models import Classifier

Fill = Literal["texture", "smooth", "mean"]
PAPER_HOLE = (60 / 224) ** 2  # share of the picture (section 3.2)


@dataclass(frozen=True, kw_only=True)
class Inpaint(Varied):
    """Fill a marked region so that it fits the picture; the class is guessed when none is given."""

    eps: Eps = 2.0
    step_size: StepSize = 0.25
    steps: Steps = 12
    keep: Keep = KEEP_ALL
    start: Annotated[Fill, Param("What the hole is filled with first: the surroundings' texture, blur or mean")] = (
        "texture"
    )

    name = "inpaint"
    needs = frozenset({"image", "mask"})
    takes = frozenset({"label"})
    presets = {"default": {}, "paper": {"eps": 21.6, "step_size": 0.1, "steps": 720, "keep": 10.0, "start": "mean"}}

    @property
    def soft_edge(self) -> bool:
        """Texture and blur join the surroundings, and show at the edge; the mean colour would be a rim."""
        return self.start != "mean"

    def canvas(self, image: core.Array, mask: core.Mask) -> core.Array:
        """Fill the mask: with the mean colour of the rest as in the paper, or more like what is around."""
        fill: Callable[[core.Array, core.Mask], core.Array] = getattr(core, f"fill_{self.start}")
        return fill(image, mask)

    def problem(self, classifier: Classifier, inputs: Inputs, start: Tensor) -> core.Problem:
        """Lower the cross-entropy inside the mask, in an L2 ball around the filled picture.

        Where nothing else moves, the ball of a hole smaller than the paper's shrinks with its side: a whole radius in a
        few pixels would be a stain.
        """
        score = core.class_score(classifier.logits, inputs.label)
        share = (inputs.mask > 0).float().mean((1, 2, 3), keepdim=True)
        reach = (share / PAPER_HOLE).sqrt().clamp_max(1) if self.keep >= KEEP_ALL else 1
        return held(score, inputs, start, eps=reach * self.eps, keep=self.keep)
