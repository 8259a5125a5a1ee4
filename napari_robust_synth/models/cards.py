"""Model cards: what is known of a model without loading it (and without importing torch)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

WEIGHTS = "model.safetensors"


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

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain JSON types."""
        return asdict(self)

    def with_metrics(self, metrics: Mapping[str, float]) -> ModelCard:
        """Return the card with measured accuracies."""
        return replace(self, metrics=dict(metrics))

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
            raw = json.loads(path.read_text(encoding="utf-8"))
            known = {f.name for f in fields(cls)}
            card = cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k in known})
            len(card.class_names), int(card.size)
        except FileNotFoundError:
            raise ValueError(f"{folder} is not a model folder: it has no card.json") from None
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is not a model card ({error})") from None
        return card
