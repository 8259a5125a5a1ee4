"""Mixtures of Gaussians for `generate` to start from, fitted on training pictures when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from napari_robust_synth import core
from napari_robust_synth.core import SeedStatistics, seed_fit
from napari_robust_synth.evaluation.pool import Pool

COMPONENTS = 5
RANK = 20
EACH = 200
"""Training pictures of each class."""


@dataclass(frozen=True)
class Mixture:
    """Seed statistics with five Gaussians for each class.

    Parameters
    ----------
    pool : Pool
        Training pictures.
    classes : sequence of str
        Every class of the model, in its order.
    size : int
        The model's size in pixels.
    """

    pool: Pool
    classes: Sequence[str]
    size: int

    @property
    def key(self) -> dict[str, Any]:
        """Return what decides the statistics, as plain JSON types."""
        return {"pictures": self.pool.fingerprint(), "components": COMPONENTS, "rank": RANK, "each": EACH}

    @cached_property
    def fitted(self) -> SeedStatistics | None:
        """The statistics; None when a class has too few pictures."""
        examples = self.pool.draw(EACH * len(self.classes), 0, self.size)
        small = [seed_fit.reduced(core.to_tensor(e.pixels, (0, 255))) for e in examples]
        labels = torch.tensor([self.classes.index(e.label) for e in examples])
        try:
            return seed_fit.fit(torch.cat(small), labels, self.classes, RANK, COMPONENTS)
        except ValueError:
            return None
