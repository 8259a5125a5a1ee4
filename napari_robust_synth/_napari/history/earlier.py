"""Which results lie over a layer, and where the next one belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from napari_robust_synth._napari.history.timeline import Timeline, alike
from napari_robust_synth._napari.layers.destination import Destination, meet
from napari_robust_synth._napari.layers.earlier import Earlier
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth.tasks import Counterfactual

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_robust_synth._napari.history.keeping import Keeping
    from napari_robust_synth._napari.layers.arrays import Array

AnyPlane = TypeVar("AnyPlane", bound=Plane)


def measured(timeline: Timeline) -> bool:
    """Say whether what is shown is a counterfactual of the source: the next one is measured from that again."""
    history = timeline.history
    return history.undo == history.root and history.entries[history.current].task == Counterfactual.name


def goes_on(timeline: Timeline) -> bool:
    """Say whether the next run should be on the result: it is all that its source is, or an edit of another size."""
    if not timeline.result or timeline.untouched or measured(timeline):
        return False
    if _as_it_is(timeline).over(timeline.into) is None:  # of another size: a first one is made of the source again
        return timeline.history.undo != timeline.history.root
    return timeline.replaces


def home(keeping: Keeping, source: Image | None, before: Any, result: Array, into: Destination) -> Image | None:
    """Return the layer where an edit of a layer belongs: the layer itself when runs made it, or what they made.

    There is none where other results lie over that: a new one is seen above them.
    """
    if source is None or before is None:
        return None
    made = [t for t in keeping.timelines.values() if t.result and t.like(before, result)]
    homes = [t for t in made if t.layer is source] or [
        t for t in made if t.origin is source and t.into == into and not t.alone
    ]
    if not homes:
        return None
    layers, found = keeping.viewer.layers, homes[-1].layer
    above = [t for t in keeping.timelines.values() if layers.index(t.layer) > layers.index(found)]
    return None if any(t.layer.visible and t.result and meet(t.into, into) for t in above) else found


def lying_over(keeping: Keeping, layer: Image) -> list[Timeline]:
    """Return the results that are seen over a layer and do not take its place, the lowest first."""
    order = list(keeping.viewer.layers)
    made = [t for t in keeping.timelines.values() if t.origin is layer and t.lies_over and t.layer.visible]
    return sorted(made, key=lambda timeline: order.index(timeline.layer))


def as_seen(keeping: Keeping, plane: AnyPlane) -> AnyPlane:
    """Return a plane with the edits that lie over its layer."""
    return replace(plane, earlier=tuple(_as_it_is(timeline) for timeline in _edits_over(keeping, plane.layer)))


def uncover(keeping: Keeping, plane: Plane, *, every: bool) -> bool:
    """Hide the edits that lie over a plane, or over every one of its layer, and say whether there were any.

    A run starts from the plane itself then.
    """
    own, found = plane.spots((0, 0, *plane.shape)), _edits_over(keeping, plane.layer)
    over = [timeline.layer for timeline in found if every or meet(timeline.into, own)]
    for layer in over:
        layer.visible = False
    return bool(over)


def _edits_over(keeping: Keeping, layer: Image) -> list[Timeline]:
    layers = keeping.viewer.layers
    bottom = layers.index(layer) if layer in layers else -1
    found = [t for t in lying_over(keeping, layer) if layers.index(t.layer) > bottom]
    return [t for t in found if not (t.alone or t.untouched or measured(t)) and _fits(t)]


def _fits(timeline: Timeline) -> bool:
    """Whether result and source are still what they were when it was made."""
    return alike(timeline.latest, timeline.picture) and all(spot.takes(timeline.picture) for spot in timeline.into)


def _as_it_is(timeline: Timeline) -> Earlier:
    return Earlier(timeline.into, timeline.latest)
