"""Which picture Undo and the rest are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from napari_robust_synth._napari.history.timeline import Timeline
from napari_robust_synth._napari.layers.world import World

if TYPE_CHECKING:
    from napari.layers import Image

    Timelines = Mapping[Image, Timeline]


def of_layer(timelines: Timelines, layer: Image | None, world: World) -> Timeline | None:
    """Return a layer's timeline, or that of what was made from it last, in the slice shown where there is one."""
    if layer is None:
        return None
    if layer in timelines:
        return timelines[layer]
    made = [t for t in timelines.values() if t.result and t.origin is layer]
    made = [t for t in made if t.lies_in(world)] or made
    return made[-1] if made else None


def to_undo(timelines: Timelines, active: Timeline | None, world: World) -> Timeline | None:
    """Return the timeline that an undo goes back in: where all of a result is undone, that of the one before it."""
    if active is None or active.history.undo is not None:
        return active
    return next((t for t in reversed(_beside(timelines, active, world)) if t.history.undo is not None), active)


def to_redo(timelines: Timelines, active: Timeline | None, world: World) -> Timeline | None:
    """Return the timeline that a redo goes forth in: where there is no more to redo, that of the next result."""
    if active is None or active.history.redo is not None:
        return active
    return next((t for t in _beside(timelines, active, world) if t.history.redo is not None), active)


def _beside(timelines: Timelines, active: Timeline, world: World) -> list[Timeline]:
    """Return the results that lie over the same picture in the slice shown, in the order in which they were made."""
    if not active.lies_over:
        return []
    return [t for t in timelines.values() if t.origin is active.origin and t.lies_over and t.lies_in(world)]


def in_slice(timelines: Timelines, active: Timeline | None, world: World) -> Timeline | None:
    """Return the active timeline, or where it is of another slice the last one of the slice shown."""
    if active is None or active.lies_in(world):
        return active
    here = [t for t in timelines.values() if t.origin is active.origin and t.lies_in(world)]
    return here[-1] if here else active
