"""The histories of a window's pictures, and the limit they keep to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import numpy as np
from napari.utils.notifications import show_info, show_warning
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.history import windows
from napari_robust_synth._napari.history.following import in_slice, of_layer
from napari_robust_synth._napari.history.step import Step, farewell
from napari_robust_synth._napari.history.timeline import Timeline, begun
from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.destination import Destination
from napari_robust_synth._napari.layers.frames import STEPS, covering
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.window.listening import listen
from napari_robust_synth._napari.window.one_by_one import OneByOne, nothing
from napari_robust_synth._napari.window.preferences import follow_history_limit, history_limit
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_robust_synth._napari.history.step import Gone


class Keeping(QObject):
    """Histories by layer. Layers may be removed, and their data replaced, at any time.

    The signal ``changed`` comes with every change of what can be undone, ``landed`` with a timeline that a run has
    added an edit to, and that is not alone.

    Parameters
    ----------
    viewer : Viewer
        Whose layers.
    window : QObject
        Its window; the histories go with it.
    """

    changed = Signal()
    landed = Signal(object)

    def __init__(self, viewer: Any, window: QObject) -> None:
        super().__init__(window)
        self.viewer = viewer
        self.timelines: dict[Image, Timeline] = {}
        self.active: Timeline | None = None
        self.previews: WeakSet[Image] = WeakSet()
        self.jobs = OneByOne(self)
        self.jobs.moved.connect(self.changed)
        listen(self, viewer.layers.events.removed, self._removed)
        listen(self, viewer.layers.selection.events.active, self._selected)
        listen(self, viewer.dims.events.point, self._moved)
        end = follow_history_limit(lambda _: self.refit())
        self.destroyed.connect(lambda: end())
        windows.join(self)

    @property
    def frames_nbytes(self) -> int:
        """Bytes of the frames that were kept."""
        return sum(layer.data.nbytes for layer in self.viewer.layers if STEPS in layer.metadata)

    def refit(self) -> None:
        """Forget what is too much by now."""
        self._do(lambda: None)

    def activate(self, layer: Image | None) -> None:
        """Let Undo and the rest be about a layer; where it has no edits, about what was made from it last."""
        self._be_about(of_layer(self.timelines, layer, World.of(self.viewer.dims)))

    def _be_about(self, timeline: Timeline | None) -> None:
        self.active = timeline
        self.changed.emit()

    def record(
        self,
        layer: Image,
        before: Array | None,
        after: Array,
        edit: Edit,
        origin: Image | None = None,
        into: Destination = (),
        beside: tuple[Image, ...] = (),
        alone: bool = False,
    ) -> None:
        """Show an edit in a layer and remember it; where the layer has no history, one begins with ``before``.

        ``origin`` is what was edited, and ``into`` where the result belongs in that; ``beside`` are layers to be seen
        only with what is shown then; a new history may be ``alone``, see `Timeline`.
        """
        known = self.timelines.get(layer)
        if known is not None:
            self._notice(known)
            known.show_edit(before, after)

        def work() -> Step | None:
            timeline = self.timelines.get(layer)
            if timeline is None or before is None:
                return Step(layer, begun(before, after, edit), after, origin, into, beside=beside, alone=alone)
            return timeline.stepped(timeline.recorded(before, after, edit), after, beside)

        self._do(work, lambda: self._unrecorded(layer))
        self.jobs.add(nothing, lambda _: self._landed(layer))

    def _landed(self, layer: Image) -> None:
        timeline = self.timelines.pop(layer, None)
        if timeline is not None:
            self.timelines[layer] = timeline  # the last, now
            if not timeline.alone:
                self.landed.emit(timeline)

    def _unrecorded(self, layer: Image) -> None:
        """Let what a layer shows be noticed later as something that another has made, for the history lacks it."""
        if layer in self.timelines:
            self.timelines[layer].shown = self.timelines[layer].picture

    def _noticed(self) -> Timeline | None:
        """Return the active timeline, with what something else did to its layer."""
        if self.active is not None:
            self._notice(self.active)
        return self.active

    def _notice(self, timeline: Timeline) -> None:
        """Make an edit of what something else did to the layer."""
        now = timeline.layer.data
        if not timeline.replaced:
            return
        if isinstance(now, np.ndarray):
            timeline.show_foreign(now)
            self._do(lambda: timeline.stepped(timeline.noticed(now), now), lambda: self._unrecorded(timeline.layer))
        else:
            self._drop(timeline.layer)
            show_warning(
                f"{timeline.layer.name!r} has other data now, not in memory: its edits can't be undone any more"
            )

    def _do(self, work: Callable[[], Step | None], failed: Callable[[], None] = nothing) -> None:
        self.jobs.add(partial(windows.fitted, work, history_limit()), lambda outcome: self._take(*outcome), failed)

    def _take(self, step: Step | None, left: dict[Image, History], gone: Gone) -> None:
        for layer, timeline in list(self.timelines.items()):
            if layer in left:
                timeline.history = left[layer]
            else:
                self._drop(layer)
        if step is not None and step.layer in self.viewer.layers:
            self._show(step, left)
        own = [(layer, entry) for layer, entry in gone if layer in self.viewer.layers]
        if own:
            show_info(farewell(own))
        windows.share(self)

    def _show(self, step: Step, left: dict[Image, History]) -> None:
        if step.note:
            show_warning(step.note)
        if step.layer not in left:  # not even the picture's own entry is within the limit
            step.layer.data = step.picture
            return
        timeline = self.timelines.get(step.layer)
        if timeline is None:
            timeline = self.timelines[step.layer] = Timeline.of(step, left[step.layer], self.viewer.layers)
        timeline.picture = step.picture
        if step.beside:
            timeline.beside[timeline.history.current] = step.beside
        timeline.show()
        timeline.show_beside()
        timeline.reveal()
        self.active = timeline
        for layer in self.viewer.layers:
            if covering(layer) and not timeline.alone:  # the frames of an earlier run, which would hide this
                layer.visible = False

    def _removed(self, event: Any) -> None:
        self._drop(event.value)
        for timeline in self.timelines.values():
            timeline.without(event.value)
        self.changed.emit()

    def _selected(self, event: Any) -> None:
        self._be_about(self.timelines.get(event.value, self.active))

    def _moved(self, event: Any) -> None:
        found = in_slice(self.timelines, self.active, World.of(self.viewer.dims))
        if found is not self.active:
            self._be_about(found)

    def _drop(self, layer: Image) -> None:
        dropped = self.timelines.pop(layer, None)
        if dropped is not None and dropped is self.active:
            self.active = None
