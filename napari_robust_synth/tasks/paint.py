"""Paint: raise a feature or a class in a region while the rest stays (paper, section 3.5, eq. 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_robust_synth import core
from napari_robust_synth.tasks.base import KEEP_ALL, Eps, Inputs, Keep, Steps, StepSize
from napari_robust_synth.tasks.masked import held
from napari_robust_synth.tasks.varied import Varied

if TYPE_CHECKING:
    from torch import Tensor

    from napari_robust_synth.models import Classifier

FEATURE_WEIGHT = 0.1


@dataclass(frozen=True, kw_only=True)
class Paint(Varied):
    """Make a class or a feature appear in a marked region."""

    eps: Eps = 25.0
    step_size: StepSize = 2.0
    steps: Steps = 30
    keep: Keep = KEEP_ALL

    name = "paint"
    needs = frozenset({"image", "mask"})
    takes = frozenset({"label", "feature"})
    presets = {"default": {}, "paper": {"eps": 70.0, "step_size": 1.0, "steps": 140, "keep": 90.0}}

    @property
    def soft_edge(self) -> bool:
        """The mask's edge shows the photo."""
        return True

    def problem(self, classifier: Classifier, inputs: Inputs, start: Tensor) -> core.Problem:
        """Raise R(x)_f, or lower the cross-entropy, inside the mask."""
        if inputs.features:
            wanted = -FEATURE_WEIGHT * core.feature_activation(classifier.features, inputs.features)
        else:
            wanted = core.class_score(classifier.logits, inputs.label)
        return held(wanted, inputs, start, eps=self.eps, keep=self.keep)
