"""The windows that have histories: these share one limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from napari_robust_synth._napari.window.preferences import history_limit
from napari_robust_synth.history.budget import fit

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_robust_synth._napari.history.keeping import Keeping
    from napari_robust_synth._napari.history.step import Gone, Step
    from napari_robust_synth.history.tree import History

_KEEPINGS: WeakValueDictionary[int, Keeping] = WeakValueDictionary()


def join(keeping: Keeping) -> None:
    """Count a window's histories from now on, until it is gone."""
    _KEEPINGS[id(keeping)] = keeping
    keeping.destroyed.connect(partial(_leave, id(keeping)))


def histories() -> dict[Image, History]:
    """Return the histories of all windows by layer."""
    return {t.layer: t.history for keeping in list(_KEEPINGS.values()) for t in list(keeping.timelines.values())}


def fitted(work: Callable[[], Step | None], limit: int) -> tuple[Step | None, dict[Image, History], Gone]:
    """Do something to a history, and fit all into the limit: return what was done, what is left and what went."""
    step = work()
    all_of_them = histories()
    if step is not None:
        all_of_them[step.layer] = step.history
    return step, *fit(all_of_them, limit)


def held() -> int:
    """Return how many bytes all histories hold."""
    return sum(history.nbytes for history in histories().values())


def room() -> int:
    """Return how many bytes the limit leaves for frames: histories, and frames that are there, take theirs."""
    frames = sum(keeping.frames_nbytes for keeping in list(_KEEPINGS.values()))
    return max(history_limit() - held() - frames, 0)


def share(keeping: Keeping) -> None:
    """Let the other windows forget what is too much now."""
    for other in list(_KEEPINGS.values()):
        if held() > history_limit() and other is not keeping and not other.jobs.busy:
            other.refit()


def _leave(key: int, _: Any = None) -> None:
    _KEEPINGS.pop(key, None)
