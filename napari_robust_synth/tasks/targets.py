"""What each label of a palette stands for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from napari_robust_synth.models.validate import validated

MAX_STRENGTH = 4.0
MAX_LABELS = 32


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a region should become.

    Parameters
    ----------
    label : str, optional
        A class, by name or number.
    features : tuple of int
        Or components of the representation, of which the mean is raised.
    strength : float
        How far the region may go, and how fast: 0 to 4 times what eps and step size say.

    Raises
    ------
    ValueError
        When it is neither or both, or the strength is out of range.
    """

    label: str | int | None = None
    features: tuple[int, ...] = ()
    strength: float = 1.0

    def __post_init__(self) -> None:
        if (self.label is None) == (not self.features):
            both = "" if self.label is None else ", not both"
            raise ValueError(f"a label of a palette needs either a class or features{both}")
        if not (math.isfinite(self.strength) and 0 <= self.strength <= MAX_STRENGTH):
            raise ValueError(f"strength is {self.strength:g}, expected 0 to {MAX_STRENGTH:g}")

    @property
    def name(self) -> str:
        """The class, or the features, in words."""
        if not self.features:
            return str(self.label)
        return f"feature{'s' if len(self.features) > 1 else ''} {', '.join(map(str, self.features))}"


Targets = Mapping[int, Target]


def read_targets(raw: Any) -> dict[int, Target]:
    """Read what `write_targets` gave, or a TOML file of the same shape.

    Raises
    ------
    ValueError
        When it is no palette.
    """
    if not isinstance(raw, Mapping):
        raise ValueError("a palette needs a table for each label, such as [1] with label or features, and strength")
    found: dict[int, Target] = {}
    for key, value in raw.items():
        if not str(key).isdecimal() or not 0 < int(key) < 2**31:
            raise ValueError(f"the palette's label is {key!r}, expected a whole number from 1 to {2**31 - 1}")
        if not isinstance(value, Mapping) or (extra := set(value) - {"label", "features", "strength"}):
            what = f"has {min(extra)!r}" if isinstance(value, Mapping) else "is no table"
            raise ValueError(f"label {key} of the palette {what}, expected label or features, and strength")
        try:
            found[int(key)] = validated(Target, dict(value))
        except ValueError as error:
            raise ValueError(f"label {key} of the palette: {error}") from None
    return check_targets(found)


def check_targets(targets: Targets) -> dict[int, Target]:
    """Return a palette sorted by label.

    Raises
    ------
    ValueError
        When it has no label, or more than 32.
    """
    if not 1 <= len(targets) <= MAX_LABELS:
        raise ValueError(f"the palette has {len(targets)} labels, expected 1 to {MAX_LABELS}")
    return dict(sorted(targets.items()))


def write_targets(targets: Targets) -> dict[str, dict[str, Any]]:
    """Return plain JSON types."""
    return {
        str(k): {"label": t.label, "features": list(t.features), "strength": t.strength} for k, t in targets.items()
    }
