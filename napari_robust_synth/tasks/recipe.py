"""A run as data: everything needed to make the same pixels again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from napari_robust_synth.models.precisions import PACKED, PLAIN
from napari_robust_synth.models.validate import validated

T = TypeVar("T")
Change = dict[str, Any]
ADDED = {"palette", "live"}  # fields that older recipes lack


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What was done to which picture with which model.

    Parameters
    ----------
    task, preset, parameters : str, str, mapping
        The task, and every field of it at the start of the run.
    image : mapping, optional
        ``path`` (relative to the recipe, or None), ``sha256``, and ``of``: "file" or "pixels".
    mask : mapping, optional
        ``shape`` and ``data``, the bits packed, compressed and base64-encoded; see `packing.pack_labels`.
    palette : mapping, optional
        What each label should become, by label.
    live : bool
        Whether it was painted live: the strokes are among the changes.
    label, features : str, list of int
        The class, given or predicted; components of the representation.
    model, model_sha256 : str
        Name or path of the classifier and the hash of its weights and seed statistics.
    seed, size, crop, value_range : int, int, 4 ints, 2 floats
        Random seed; working size; top, left, bottom, right; values of black and white.
    device, precision, batch, threads, versions :
        What decides the bits of a result on one machine.
    changes : list of (step, mapping)
        Parameters changed while it ran.
    last_step : int
        The step the result was taken from.
    """

    task: str
    preset: str
    parameters: Mapping[str, Any]
    image: Mapping[str, Any] | None
    mask: Mapping[str, Any] | None
    label: str | None
    features: list[int]
    model: str
    model_sha256: str
    seed: int
    size: int
    crop: tuple[int, int, int, int]
    value_range: tuple[float, float]
    device: str
    precision: str
    batch: int
    threads: int
    versions: Mapping[str, str]
    changes: list[tuple[int, Change]] = field(default_factory=list)
    last_step: int = 0
    palette: Mapping[str, Any] | None = None
    live: bool = False
    format: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.threads <= 1024:
            raise ValueError(f"threads is {self.threads}, expected 1 to 1024")
        if not 1 <= self.batch <= 1024:
            raise ValueError(f"batch is {self.batch}, expected 1 to 1024")
        if self.last_step < 0:
            raise ValueError(f"last_step is {self.last_step}, expected 0 or more")
        if not -(2**63) <= self.seed < 2**64:
            raise ValueError(f"seed is {self.seed}, expected {-(2**63)} to {2**64 - 1}")
        if self.precision not in (PLAIN, *PACKED):
            raise ValueError(f"precision is {self.precision!r}, expected {', '.join((PLAIN, *PACKED))}")

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        out: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return out

    @classmethod
    def from_dict(cls, raw: Any) -> Recipe:
        """Read back what `to_dict` gave.

        Raises
        ------
        ValueError
            When it is not a recipe of this format.
        """
        names = {f.name for f in fields(cls)}
        if not isinstance(raw, dict) or raw.get("format") != 1 or set(raw) | ADDED != names:
            raise ValueError("not a recipe of format 1: expected the .recipe.json that lies beside a result")
        return validated(cls, raw)

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a ``.recipe.json`` file.

        Raises
        ------
        ValueError
            When it is missing or not a recipe.
        """
        return read_json(path, cls.from_dict)


def read_json(path: Path, make: Callable[[Any], T]) -> T:
    """Read a recipe file, and make of it what ``make`` does.

    Raises
    ------
    ValueError
        When it is missing or not a recipe.
    """
    try:
        return make(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ValueError(f"{path} can't be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no recipe: {error}") from None


def pixel_hash(image: np.ndarray[Any, Any]) -> str:
    """Hash an array's type, shape and values."""
    digest = hashlib.sha256(f"{image.dtype.str} {image.shape}".encode())
    digest.update(np.ascontiguousarray(image).tobytes())
    return digest.hexdigest()
