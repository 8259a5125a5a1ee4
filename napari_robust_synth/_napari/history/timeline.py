"""A layer and the history of its picture."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.history.step import Step
from napari_robust_synth._napari.layers.arrays import Array, NothingThereError
from napari_robust_synth._napari.layers.destination import Destination, layers_of
from napari_robust_synth._napari.layers.extent import refit
from napari_robust_synth._napari.layers.recipes import edit_part
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.history.edit import Edit, read_recipe
from napari_robust_synth.history.tree import ELSEWHERE, ORIGINAL, History
from napari_robust_synth.tasks.recipe import pixel_hash

if TYPE_CHECKING:
    from napari.layers import Image


@dataclass(eq=False)
class Timeline:
    """A layer whose edits can be undone.

    Parameters
    ----------
    layer : Image
        Where the picture is shown.
    origin : Image, optional
        The layer that it was made from.
    result : bool
        Whether runs made the layer; else something was accepted into a layer of the user's.
    history : History
        The edits.
    picture : array
        Of the current entry.
    into : tuple of Spot
        Where it belongs in that it was made from.
    beside : dict
        Layers that are about the picture of one entry only, by its number.
    alone : bool
        Whether the next run on the origin leaves this alone, and does not go on with it.
    """

    layer: Image
    origin: Image | None
    result: bool
    history: History
    picture: Array
    into: Destination = ()
    beside: dict[int, tuple[Image, ...]] = field(default_factory=dict)
    alone: bool = False

    def __post_init__(self) -> None:
        self.shown = self.placed = self.picture  # or for a moment the original; the one that the layer's place is for

    @classmethod
    def of(cls, step: Step, history: History, layers: Container[Any]) -> Timeline:
        """Begin one with what was done to a layer; ``layers`` are those that are there by now."""
        timeline = cls(step.layer, step.origin, step.result, history, step.picture, step.into, alone=step.alone)
        for layer in (step.origin, *layers_of(step.into)):
            if layer is not None and layer not in layers:
                timeline.without(layer)
        return timeline

    @property
    def replaced(self) -> bool:
        """Whether something else gave the layer other data."""
        return self.layer.data is not self.shown

    @property
    def latest(self) -> Any:
        """What the layer holds, or would if it did not show the original for a moment."""
        return self.layer.data if self.replaced else self.picture

    @property
    def untouched(self) -> bool:
        """Whether all edits are undone; not when they were forgotten."""
        history = self.history
        return history.current == history.root and history.entries[history.root].task == ORIGINAL

    @property
    def replaces(self) -> bool:
        """Whether a result is of all of its source, so that it can take the place of that."""
        return self.origin is not None and len(self.into) == 1 and self.into[0].whole

    @property
    def lies_over(self) -> bool:
        """Whether a result is seen over its source, as that of a slice, of a part or of channels is."""
        return self.result and self.origin is not None and bool(self.into) and not self.replaces

    def lies_in(self, world: World) -> bool:
        """Say whether it belongs in the slice of its source that is shown."""
        if not self.into:
            return True
        try:
            index = world.index(self.into[0].layer)
        except NothingThereError:
            return False
        parts = zip(*(spot.where for spot in self.into), strict=True)
        return all(any(part.start <= i < part.stop for part in axis) for axis, i in zip(parts, index, strict=False))

    def reveal(self) -> None:
        """Show what lies over its source, or no more once all of it is undone."""
        if self.lies_over:
            self.layer.visible = not self.untouched

    def show(self) -> None:
        """Give the layer the picture of the current entry, and its recipe."""
        self.display(self.picture)
        for key in edit_part(self.layer.metadata):
            del self.layer.metadata[key]
        self.layer.metadata.update(read_recipe(self.history.entries[self.history.current]) or {})

    def show_beside(self) -> None:
        """Of the layers that are about one entry's picture, show those of the current one."""
        self.beside = {number: layers for number, layers in self.beside.items() if number in self.history.entries}
        for number, layers in self.beside.items():
            for layer in layers:
                layer.visible = number == self.history.current

    def without(self, removed: Image) -> None:
        """Hold on to a layer no more that was removed."""
        if removed is self.origin or removed in layers_of(self.into):
            self.origin, self.into = None, ()
        self.beside = {n: tuple(x for x in layers if x is not removed) for n, layers in self.beside.items()}

    def display(self, picture: Array) -> None:
        """Give the layer a picture, be it for a moment; one of another size has the same extent."""
        self.shown = picture
        if self.layer.data is not picture:
            self.layer.data = picture
        refit(self.layer, self.placed.shape, picture.shape)
        self.placed = picture

    def show_edit(self, before: Array | None, after: Array) -> None:
        """Show what became of ``before``, be it the picture that is shown or another one."""
        if before is None or not alike(self.placed, before):
            self.placed = after
        self.display(after)
        self.layer.visible = True
        for layers in self.beside.values():
            for layer in layers:
                layer.visible = False

    def show_foreign(self, now: Array) -> None:
        """Take over what something else gave the layer, in its place."""
        self.shown = self.placed = now

    def like(self, *pictures: Any) -> bool:
        """Say whether what is shown is of the kind of one of these."""
        return any(alike(self.layer.data, picture) for picture in pictures)

    def stepped(self, history: History, picture: Array, beside: tuple[Image, ...] = ()) -> Step:
        """Return a step to another state of the history; a new history is told of, for the old edits are gone."""
        note = ""
        if history.root != self.history.root:
            how = "was changed in place by something else" if alike(self.picture, picture) else "is of another kind now"
            note = f"{self.layer.name!r}: the picture {how}: its earlier edits can't be undone any more"
        return Step(self.layer, history, picture, note=note, beside=beside)

    def recorded(self, before: Array, after: Array, edit: Edit) -> History:
        """Return the history with an edit of ``before``; a new one where that is a picture of another kind."""
        if self._leads_to(before):
            return self.history.record(self.picture, before, after, edit)
        return begun(before, after, edit, ELSEWHERE)

    def noticed(self, now: Array) -> History:
        """Return the history with what something else made of the picture."""
        if self._leads_to(now):
            return self.history.noticed(self.picture, now)
        return History.begin(now, Edit(ELSEWHERE))

    def _leads_to(self, picture: Array) -> bool:
        kin = alike(self.picture, picture) or self.history.find(pixel_hash(picture)) is not None
        return kin and self.history.shows(self.picture)


def begun(before: Array | None, after: Array, edit: Edit, root: str = ORIGINAL) -> History:
    """Return a new history that begins with ``before``, or with ``after`` where there is none."""
    if before is None:
        return History.begin(after, edit)
    return History.begin(before, Edit(root, value_range=edit.value_range)).record(before, before, after, edit)


def alike(one: Any, other: Any) -> bool:
    """Say whether both are arrays in memory of one shape and type."""
    arrays = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
    return arrays and (one.shape, one.dtype) == (other.shape, other.dtype)
