"""Translate: turn a picture into one of another class (paper, section 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Eps, Inputs, Steps, StepSize
from napari_robust_synth.tasks.varied import Varied

if TYPE_CHECKING:
    from torch import Tensor

    from napari_robust_synth.models import Classifier


@dataclass(frozen=True, kw_only=True)
class Translate(Varied):
    """Turn the whole picture into one of another class."""

    eps: Eps = 60.0
    step_size: StepSize = 3.0
    steps: Steps = 30

    name = "translate"
    needs = frozenset({"image", "label"})
    size_ratio = 12 / 7
    presets = {"default": {}, "paper": {"eps": 80.0, "step_size": 0.5, "steps": 200}}

    def problem(self, classifier: Classifier, inputs: Inputs, start: Tensor) -> core.Problem:
        """Cross-entropy to the target, in an L2 ball around the picture."""
        score = core.class_score(classifier.logits, inputs.label)
        return core.Problem(start, score, self._within(core.L2Ball(start, self.eps * inputs.scale), inputs))

    def _within(self, ball: core.L2Ball, inputs: Inputs) -> core.L2Ball | core.Finer:
        return ball
