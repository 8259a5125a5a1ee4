"""What the window tells runs that follow each other: what one was told holds for those after it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from napari_robust_synth._napari.running.changes import usable
from napari_robust_synth._napari.running.runner import Control

if TYPE_CHECKING:
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.together import Together

Change = dict[str, Any]
AIM = {"label", "features"}


class StackControl(Control):
    """Keeps what was sent, not what a run made of it: a class to be guessed is guessed for each slice."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._told: Change = {}
        self._before, self._last, self._again = self._told, self._told, self._told

    def begin(self, labels: Collection[int]) -> None:
        """Let the next run begin, of these labels of a palette: it is told at once what those before it were."""
        self._again = dict(self._told)
        palette = {key: value for key, value in self._again.pop("palette", {}).items() if int(key) in labels}
        if palette:
            self._again["palette"] = palette

    def pending(self) -> Change | None:
        """Return all changes since the last step as one, the newest last."""
        again, self._again = self._again, {}
        self._before, self._last = self._told, super().pending() or {}
        self._told = merged(self._before, self._last)
        return merged(again, self._last) or None

    def refuse(self, run: Job | Together) -> None:
        """Forget what of the last changes a run could not use."""
        self._told = merged(self._before, usable(run, self._last)[0] or {})


def merged(older: Change, newer: Change) -> Change:
    """Return two changes as one: a class replaces features, and they it; a label that is not named keeps its target."""
    kept = {name: value for name, value in older.items() if not (name in AIM and AIM & set(newer))}
    palette = {**older.get("palette", {}), **newer.get("palette", {})}
    return {**kept, **newer, **({"palette": palette} if palette else {})}
