"""What was done to a layer's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_robust_synth._napari.destination import Destination
from napari_robust_synth._napari.layers import Array
from napari_robust_synth._napari.preferences import MEGABYTE, history_limit
from napari_robust_synth.history.edit import Entry
from napari_robust_synth.history.tree import History

if TYPE_CHECKING:
    from napari.layers import Image

    Gone = list[tuple[Image, Entry]]


@dataclass(frozen=True)
class Step:
    """A layer's history and picture after something was done; ``note`` says what a user should know of it."""

    layer: Image
    history: History
    picture: Array
    origin: Image | None = None
    into: Destination = ()
    result: bool = True
    note: str = ""


def farewell(gone: Gone) -> str:
    """Tell a user what does not fit any more."""
    names = ", ".join(sorted({repr(layer.name) for layer, _ in gone}))
    what = "the oldest edit" if len(gone) == 1 else f"the {len(gone)} oldest edits"
    return (
        f"The history is full ({history_limit() // MEGABYTE} MB): {what} of {names} can't be gone back to any more. "
        "The limit is in the preferences, under Robust Synthesis"
    )
