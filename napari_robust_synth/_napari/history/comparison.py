"""The original for as long as a key is held: what lies over it steps aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_robust_synth._napari.history.timeline import Timeline
from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.frames import covering

if TYPE_CHECKING:
    from napari.layers import Layer

    from napari_robust_synth._napari.history.keeping import Keeping


class Comparison:
    """Shows a picture's original, and hides previews, frames and differences over it meanwhile.

    Parameters
    ----------
    keeping : Keeping
        The histories of a window.
    """

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._timeline: Timeline | None = None
        self._aside: list[Layer] = []
        self._state: Any = None

    def begin(self, timeline: Timeline | None) -> None:
        """Show the original of a picture, when there is one, and what the source is where it has no edits yet."""
        keeping, self._timeline = self._keeping, timeline
        over: set[Layer] = set(keeping.previews)
        for known in keeping.timelines.values():
            over.update(*known.beside.values())
        seen = [layer for layer in keeping.viewer.layers if layer.visible]
        self._aside, self._state = [layer for layer in seen if layer in over or covering(layer)], self._now()
        for layer in self._aside:
            layer.visible = False
        if timeline is not None:
            keeping.jobs.add(lambda: _original(timeline), lambda found: self._show(timeline, found))

    def end(self) -> Timeline | None:
        """Show all as it was, but what an edit has hidden meanwhile; returns whose original was shown."""
        for layer in self._aside:
            if layer in self._keeping.viewer.layers and (layer in self._keeping.previews or self._state == self._now()):
                layer.visible = True
        held, self._timeline, self._aside = self._timeline, None, []
        return held if held is not None and held.layer in self._keeping.timelines else None

    def _show(self, timeline: Timeline, picture: Array) -> None:
        if timeline is self._timeline and timeline.layer in self._keeping.timelines:
            timeline.display(picture)

    def _now(self) -> dict[Any, int]:
        return {layer: timeline.history.current for layer, timeline in self._keeping.timelines.items()}


def _original(timeline: Timeline) -> Array:
    return timeline.history.picture(timeline.picture, timeline.history.root)
