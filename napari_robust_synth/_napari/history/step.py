"""What was done to a layer's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.destination import Destination
from napari_robust_synth._napari.window.preferences import MEGABYTE, history_limit
from napari_robust_synth.history.edit import Entry
from napari_robust_synth.history.tree import History

if TYPE_CHECKING:
    from napari.layers import Image

    Gone = list[tuple[Image, Entry]]


NAMED = 3
"""Of so many edits that went the user is told the names."""


@dataclass(frozen=True)
class Step:
    """A layer's history and picture after something was done.

    ``note`` says what a user should know of it; ``beside`` are layers that are about this picture only; for ``alone``
    see `Timeline`.
    """

    layer: Image
    history: History
    picture: Array
    origin: Image | None = None
    into: Destination = ()
    result: bool = True
    note: str = ""
    beside: tuple[Image, ...] = ()
    alone: bool = False


def farewell(gone: Gone) -> str:
    """Tell a user what does not fit any more."""
    told = [f"{entry.title} ({entry.time:%H:%M:%S}) of {layer.name!r}" for layer, entry in gone[:NAMED]]
    more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
    what = ", ".join(told) + more
    return (
        f"The history is full ({history_limit() // MEGABYTE} MB): {what} can't be gone back to any more. "
        "The limit is in the preferences, under Robust Synthesis"
    )
