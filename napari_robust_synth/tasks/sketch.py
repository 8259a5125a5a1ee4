"""Sketch: turn a drawing into a picture (paper, section 3.5)."""

from __future__ import annotations

from dataclasses import dataclass

from napari_robust_synth.tasks.base import Eps, Steps, StepSize
from napari_robust_synth.tasks.translate import Translate


@dataclass(frozen=True, kw_only=True)
class Sketch(Translate):
    """Turn a rough drawing into a picture of a class."""

    eps: Eps = 30.0
    step_size: StepSize = 3.0
    steps: Steps = 20

    name = "sketch"
    size_ratio = 10 / 7
    presets = {"default": {}, "paper": {"eps": 40.0, "step_size": 1.0, "steps": 60}}
