"""The original for as long as a key is held: what lies over it steps aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_robust_synth._napari.history.earlier import lying_over
from napari_robust_synth._napari.history.timeline import Timeline
from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.frames import covering

if TYPE_CHECKING:
    from napari.layers import Layer

    from napari_robust_synth._napari.history.keeping import Keeping


class Comparison:
    """Shows a picture's original, and hides results, previews, frames and differences over it meanwhile.

    Parameters
    ----------
    keeping : Keeping
        The histories of a window.
    """

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._timeline: Timeline | None = None
        self._aside: dict[Layer, Any] = {}

    def begin(self, timeline: Timeline | None) -> None:
        """Show the original of a picture when there is one, and what lies under a preview in any case."""
        keeping, self._timeline = self._keeping, timeline
        over: set[Layer] = set(keeping.previews)
        for known in keeping.timelines.values():
            over.update(*known.beside.values())
        if timeline is not None:
            base = timeline.origin if timeline.lies_over and timeline.origin is not None else timeline.layer
            over.update(one.layer for one in lying_over(keeping, base))
        seen = [layer for layer in keeping.viewer.layers if layer.visible and (layer in over or covering(layer))]
        self._aside = {layer: self._state(layer) for layer in seen}
        for layer in seen:
            layer.visible = False
        if timeline is not None and timeline.layer not in self._aside:
            keeping.jobs.add(lambda: _original(timeline), lambda found: self._show(timeline, found))

    def end(self) -> Timeline | None:
        """Show all as it was, but what an edit has hidden meanwhile; returns whose original was shown."""
        for layer, state in self._aside.items():
            if layer in self._keeping.viewer.layers and state == self._state(layer):
                layer.visible = True
        held, self._timeline, self._aside = self._timeline, None, {}
        return held if held is not None and held.layer in self._keeping.timelines else None

    def _show(self, timeline: Timeline, picture: Array) -> None:
        if timeline is self._timeline and timeline.layer in self._keeping.timelines:
            timeline.display(picture)

    def _state(self, layer: Layer) -> Any:
        """Return what must not change until a layer is shown again: the edits that it is about."""
        timelines = self._keeping.timelines.values()
        about = [t for t in timelines if layer is t.layer or any(layer in layers for layers in t.beside.values())]
        if covering(layer):
            about = [t for t in timelines if not t.alone]
        return {t.layer: t.history.current for t in about}


def _original(timeline: Timeline) -> Array:
    return timeline.history.picture(timeline.picture, timeline.history.root)
