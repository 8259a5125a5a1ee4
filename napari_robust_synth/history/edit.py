"""One edit of a picture: what was done, when, and the way back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth.history.exchange import Way

if TYPE_CHECKING:
    from napari_robust_synth.core.images import Array, Range

OVERHEAD = 3000
"""Bytes allowed for what an entry holds besides patch, thumbnail and recipe."""
THUMBNAIL_SIDE = 48


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True)
class Edit:
    """What was done: the task, what it aimed at, its recipe, when.

    ``value_range`` says which values are black and white in the thumbnail; by default the least and the greatest.
    """

    task: str
    target: str = ""
    recipe: Mapping[str, Any] | None = None
    value_range: Range | None = None
    time: datetime = field(default_factory=_now)


@dataclass(frozen=True)
class Entry:
    """A picture as it was after an edit.

    Parameters
    ----------
    number : int
        Entries made later have greater ones, in all histories.
    parent : int, optional
        Number of the entry that was edited; None for the picture that the history begins with.
    digest : str
        Hash of the picture, see `tasks.recipe.pixel_hash`.
    task, target, time :
        Of the edit.
    recipe : bytes
        Of the edit, compressed; see `read_recipe`.
    thumbnail : array
        (h, w, 3) uint8, at most 48 px a side.
    patch : Patch or Exchange
        From the parent, and back.
    """

    number: int
    parent: int | None
    digest: str
    task: str
    target: str
    time: datetime
    recipe: bytes
    thumbnail: NDArray[np.uint8]
    patch: Way | None

    @property
    def nbytes(self) -> int:
        """Bytes that this holds."""
        return OVERHEAD + len(self.recipe) + self.thumbnail.nbytes + (self.patch.nbytes if self.patch else 0)

    @property
    def title(self) -> str:
        """What was done, in words."""
        return f"{self.task} · {self.target}" if self.target else self.task


def pack_recipe(recipe: Mapping[str, Any] | None) -> bytes:
    """Compress a recipe; nothing for none."""
    return zlib.compress(json.dumps(recipe).encode()) if recipe else b""


def read_recipe(entry: Entry) -> dict[str, Any] | None:
    """Return the recipe of an entry, or None where it has none."""
    if not entry.recipe:
        return None
    recipe: dict[str, Any] = json.loads(zlib.decompress(entry.recipe))
    return recipe


def thumbnail(picture: Array, value_range: Range | None = None) -> NDArray[np.uint8]:
    """Return a small copy of a picture (..., H, W[, 3 or 4]), (h, w, 3) uint8; of a stack the first plane."""
    coloured = picture.ndim > 2 and picture.shape[-1] in (3, 4)
    plane = picture[(0,) * (picture.ndim - (3 if coloured else 2))]
    step = max(1, -(-max(plane.shape[:2]) // THUMBNAIL_SIDE))
    small = plane[::step, ::step, :3] if coloured else np.repeat(plane[::step, ::step, None], 3, 2)
    with np.errstate(all="ignore"):
        values = np.nan_to_num(small.real.astype(np.float64))
    if value_range is None and picture.dtype == np.uint8:
        value_range = (0.0, 255.0)
    low, high = value_range or (values.min(initial=np.inf), values.max(initial=-np.inf))
    scaled = (values / 2 - low / 2) / max(high / 2 - low / 2, 1e-300)  # halves: the range of floats may overflow
    return (255 * scaled.clip(0, 1)).round().astype(np.uint8)
