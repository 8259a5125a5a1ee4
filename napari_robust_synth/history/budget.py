"""How much histories may hold, and what goes when it is too much."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from napari_robust_synth.history.edit import Entry
from napari_robust_synth.history.tree import History

Key = TypeVar("Key", bound=Hashable)


def fit(histories: Mapping[Key, History], budget: int) -> tuple[dict[Key, History], list[tuple[Key, Entry]]]:
    """Forget the oldest edits until all histories together hold at most ``budget`` bytes.

    What was edited first goes first, and the edits made of it stay. The original and what is shown go last.

    Returns
    -------
    dict
        The histories that are left.
    list of (key, Entry)
        What went, in that order.
    """
    left, gone = dict(histories), []
    while left and sum(history.nbytes for history in left.values()) > budget:
        key = min(left, key=lambda key: oldest(left[key]))
        number = oldest(left[key])
        gone.append((key, left[key].entries[number]))
        if len(left[key].entries) == 1:
            del left[key]
        else:
            left[key] = left[key].merged(number)
    return left, gone


def oldest(history: History) -> int:
    """Return the number of the entry that goes first."""
    spared = (history.root, history.current)
    return min((number for number in history.entries if number not in spared), default=history.root)
