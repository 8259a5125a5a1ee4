"""Palette: paint several regions at once, each with a class or features of its own (paper, section 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Eps, Inputs, Regions, Steps, StepSize
from napari_robust_synth.tasks.varied import Varied

if TYPE_CHECKING:
    from torch import Tensor

    from napari_robust_synth.models import Classifier

USUAL_SHARE = 1 / 9


@dataclass(frozen=True, kw_only=True)
class Palette(Varied):
    """Make a class or features of its own appear in every labelled region, all at once."""

    eps: Eps = 15.0
    step_size: StepSize = 1.6
    steps: Steps = 20

    name = "palette"
    needs = frozenset({"image", "mask", "palette"})
    presets = {"default": {}, "paper": {"eps": 70.0, "step_size": 1.0, "steps": 140}}

    @property
    def soft_edge(self) -> bool:
        """The mask's edge shows the photo."""
        return True

    def problem(self, classifier: Classifier, inputs: Inputs, start: Tensor) -> core.Problem:
        """Raise what each region stands for, in an L2 ball of its own.

        Radius and step grow with the root of a region's area, so that pixels of small and large regions may go
        equally far; they are as given for a region that fills a ninth of what is worked on, as a mask does in `Paint`.
        """
        assert inputs.regions is not None
        return region_problem(classifier, inputs.regions, start, start, self.eps * inputs.scale)


def region_problem(
    classifier: Classifier, regions: Regions, start: Tensor, center: Tensor, radius: float
) -> core.Problem:
    """Return the problem of regions, each in a ball of its own, that grows with its strength and its area.

    Parameters
    ----------
    classifier : Classifier
        What the regions are shown to.
    regions : Regions
        Where, and what each should become.
    start, center : Tensor
        (1, 3, h, w) in [0, 1]: where the run starts, and what it stays near.
    radius : float
        Of the ball of a region of usual area with a strength of 1, L2 at the working size.
    """
    import torch

    strengths = torch.tensor([t.strength for t in regions.targets.values()], device=start.device)
    reach = strengths * (regions.masks.float().mean((1, 2, 3)) / USUAL_SHARE).sqrt()
    names = [f"{label} {target.name}" for label, target in regions.targets.items()]
    wanted = core.RegionObjective(regions.masks, classifier.features, region_losses(classifier, regions), names)
    return core.Problem(start, wanted, core.RegionBalls(center, regions.masks, radius * reach, reach))


def region_losses(classifier: Classifier, regions: Regions) -> Callable[[Tensor], Tensor]:
    """Return a function from representations (K, C) to losses (K,): cross-entropy, or minus the features' mean.

    The cross-entropy leaves out the classes of the other regions: they are in the picture, too, and a region would
    work against them.
    """
    import torch
    from torch.nn import functional as F

    names = classifier.class_names
    sought = [list(t.features) or names.index(str(t.label)) for t in regions.targets.values()]
    classes = {s for s in sought if isinstance(s, int)} | {names.index(name) for name in regions.also}
    rivals = torch.zeros(len(sought), len(names), dtype=torch.bool, device=regions.masks.device)
    for k, own in enumerate(sought):
        for other in classes - {own} if isinstance(own, int) else ():
            rivals[k, other] = True

    def losses(features: Tensor) -> Tensor:
        likely = F.log_softmax(classifier.scores(features).masked_fill(rivals, -torch.inf), 1)
        return torch.stack(
            [-likely[k, s] if isinstance(s, int) else -features[k, s].mean() for k, s in enumerate(sought)]
        )

    return losses
