"""Super-resolve: enlarge a picture and let the classifier draw the detail (paper, section 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Eps, Param, Steps, StepSize
from napari_robust_synth.tasks.translate import Translate


@dataclass(frozen=True, kw_only=True)
class SuperResolve(Translate):
    """Enlarge a picture; the class whose detail is drawn is guessed when none is given."""

    eps: Eps = 8.0
    step_size: StepSize = 1.0
    steps: Steps = 20
    factor: Annotated[int, Param("How many times larger each side becomes", 2, 16)] = 8
    start: Annotated[Literal["nearest", "bicubic"], Param("How the picture is enlarged first")] = "bicubic"

    name = "super-resolve"
    needs = frozenset({"image"})
    takes = frozenset({"label"})
    size_ratio = 1.0
    presets = {"default": {}, "paper": {"eps": 8.0, "step_size": 1.0, "steps": 40, "start": "nearest"}}

    def canvas(self, image: core.Array, mask: core.Mask) -> core.Array:
        """Enlarge: nearest neighbour as in the paper, or bicubic as it recommends."""
        return core.enlarge(image, self.factor, self.start)
