"""Model cards: what is known of a model without loading it (and without importing torch)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from napari_robust_synth.models.validate import validated

WEIGHTS = "model.safetensors"
SEEDS = "seeds.safetensors"
CHECKPOINT = "checkpoint.pt"
"""Lies in the folder of a model whose training is not done."""


@dataclass(frozen=True)
class ModelCard:
    """What a model is, how it was trained, and what it reaches.

    Parameters
    ----------
    arch : str
        torchvision's name of the architecture.
    size : int
        Working side in pixels.
    mean, std : tuple of 3 floats
        Normalisation of pixels in [0, 1].
    class_names : tuple of str
        One readable name per logit.
    norm : str
        Norm of the training attack, ``l2`` or ``linf``.
    eps : float
        Radius of the training attack at ``size`` 224; 0 for a standard model.
    data, terms, origin : str
        What it was trained on, under which terms, and how.
    metrics : mapping of str to float
        Measured accuracies, each named with its attack.
    attack : str
        The settings of that attack.
    config : mapping
        The training config: its keys that the card does not have itself.
    limits : str
        What not to expect of it.
    """

    arch: str
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    class_names: tuple[str, ...]
    norm: str = "l2"
    eps: float = 0.0
    data: str = ""
    terms: str = ""
    origin: str = ""
    limits: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    attack: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        colours = (*self.mean, *self.std)
        if len(self.mean) != 3 or len(self.std) != 3 or not all(map(math.isfinite, colours)) or min(self.std) <= 0:
            raise ValueError("mean and std must be three finite numbers each, std above 0")
        if not self.class_names:
            raise ValueError("class_names must name at least one class")
        if not 32 <= self.size <= 1024:
            raise ValueError(f"size is {self.size}, expected 32 to 1024 px")
        if not all(map(math.isfinite, (self.eps, *self.metrics.values()))):
            raise ValueError("eps and metrics must be finite numbers")

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain JSON types."""
        return asdict(self)

    def with_metrics(self, metrics: Mapping[str, float], attack: str = "") -> ModelCard:
        """Return the card with measured accuracies, and the settings of the attack."""
        return replace(self, metrics=dict(metrics), attack=attack)

    @classmethod
    def read(cls, folder: Path) -> ModelCard:
        """Read ``card.json`` of a model folder.

        Raises
        ------
        ValueError
            When there is no card, or it is not one.
        """
        path = folder / "card.json"
        try:
            return validated(cls, json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise ValueError(f"{folder} is not a model folder: it has no card.json") from None
        except (OSError, ValueError, RecursionError) as error:
            raise ValueError(f"{path} is not a model card ({error})") from None


def readable(value: object) -> str:
    """Write a card's value for people: whole numbers without a point, lists and mappings in one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {readable(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(readable, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def weights_hash(folder: Path) -> str:
    """Return the sha256 of a model folder's weights alone: all that decides what it sees."""
    return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


def model_hash(folder: Path) -> str:
    """Return the sha256 of a model folder's weights followed by its seed statistics: all that decides pixels."""
    files = [path for path in (folder / WEIGHTS, folder / SEEDS) if path.exists()]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
