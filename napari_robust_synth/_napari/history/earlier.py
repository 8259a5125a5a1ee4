"""Which results lie over a layer, and where the next one belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from napari_robust_synth._napari.history.timeline import Timeline, alike
from napari_robust_synth._napari.layers.earlier import Earlier
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth.tasks import Counterfactual

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_robust_synth._napari.history.keeper import Keeper
    from napari_robust_synth._napari.layers.arrays import Array
    from napari_robust_synth._napari.layers.destination import Destination

AnyPlane = TypeVar("AnyPlane", bound=Plane)


def replaces(timeline: Timeline) -> bool:
    """Say whether a result is all that its source is, so that it can take its place as the picture chosen."""
    return timeline.origin is not None and alike(timeline.origin.data, timeline.picture)


def measured(timeline: Timeline) -> bool:
    """Say whether what is shown is a counterfactual of the source: the next one is measured from that again."""
    history = timeline.history
    return history.undo == history.root and history.entries[history.current].task == Counterfactual.name


def home(keeper: Keeper, source: Image | None, before: Any, result: Array, into: Destination) -> Image | None:
    """Return the layer where an edit of a layer belongs: the layer itself when runs made it, or what they made."""
    if source is None or before is None:
        return None
    made = [t for t in keeper.timelines.values() if t.result and t.like(before, result)]
    homes = [t for t in made if t.layer is source] or [
        t for t in made if t.origin is source and t.into == into and not t.alone
    ]
    return homes[-1].layer if homes else None


def as_seen(keeper: Keeper, plane: AnyPlane) -> AnyPlane:
    """Return a plane with the visible results that lie over its layer, the lowest first."""
    return replace(plane, earlier=tuple(_as_it_is(timeline) for timeline in _lying_over(keeper, plane.layer)))


def uncover(keeper: Keeper, plane: Plane, *, every: bool) -> bool:
    """Hide the results that lie over a plane, or over every one of its layer, and say whether there were any.

    A run starts from the plane itself then.
    """
    own, found = plane.spots((0, 0, *plane.shape)), _lying_over(keeper, plane.layer)
    over = [timeline.layer for timeline in found if every or _as_it_is(timeline).over(own) is not None]
    for layer in over:
        layer.visible = False
    return bool(over)


def raise_over(keeper: Keeper, layer: Image, source: Image) -> None:
    """Put a result above the others of its source, whose pixels it holds where they share some."""
    layers = keeper.viewer.layers
    top = max((layers.index(t.layer) for t in _lying_over(keeper, source)), default=0)
    if layers.index(layer) < top:
        layers.move(layers.index(layer), top + 1)


def _as_it_is(timeline: Timeline) -> Earlier:
    return Earlier(timeline.into, timeline.latest)


def _lying_over(keeper: Keeper, layer: Image) -> list[Timeline]:
    made = [t for t in keeper.timelines.values() if t.origin is layer and t.result and t.into and not t.alone]
    seen = [t for t in made if t.layer.visible and not replaces(t) and not measured(t)]
    order = list(keeper.viewer.layers)
    return sorted(seen, key=lambda timeline: order.index(timeline.layer))
