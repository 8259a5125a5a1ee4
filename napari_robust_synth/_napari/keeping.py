"""The histories of a window's pictures, and the limit they keep to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils.notifications import show_info, show_warning
from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from napari_robust_synth._napari.destination import Destination
from napari_robust_synth._napari.frames import STEPS, covering
from napari_robust_synth._napari.layers import Array
from napari_robust_synth._napari.one_by_one import OneByOne
from napari_robust_synth._napari.preferences import follow_history_limit, history_limit
from napari_robust_synth._napari.step import Step, farewell
from napari_robust_synth._napari.timeline import Timeline, begun
from napari_robust_synth.history.budget import fit
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_robust_synth._napari.step import Gone


class Keeping(QObject):
    """Histories by layer. Layers may be removed, and their data replaced, at any time.

    The signal ``changed`` comes with every change of what can be undone, ``begun`` with a timeline that is new.

    Parameters
    ----------
    viewer : Viewer
        Whose layers.
    window : QObject
        Its window; the histories go with it.
    """

    changed = Signal()
    begun = Signal(object)

    def __init__(self, viewer: Any, window: QObject) -> None:
        super().__init__(window)
        self.viewer = viewer
        self.timelines: dict[Image, Timeline] = {}
        self.active: Timeline | None = None
        self.jobs = OneByOne(self)
        self.jobs.moved.connect(self.changed)
        followed = (
            (viewer.layers.events.removed, self._removed),
            (viewer.layers.selection.events.active, self._selected),
        )
        for event, call in followed:
            event.connect(call)
            self.destroyed.connect(partial(_ignore, event, call))
        end = follow_history_limit(lambda _: self._do(lambda: None))
        self.destroyed.connect(lambda: end())

    @property
    def nbytes(self) -> int:
        """Bytes that all histories hold."""
        return sum(timeline.history.nbytes for timeline in self.timelines.values())

    @property
    def room(self) -> int:
        """Bytes that are left, beside the histories and the frames of earlier runs."""
        frames: int = sum(layer.data.nbytes for layer in self.viewer.layers if STEPS in layer.metadata)
        return max(history_limit() - self.nbytes - frames, 0)

    def activate(self, layer: Image | None) -> None:
        """Let Undo and the rest be about a layer; where it has no edits, about what was made from it last."""
        made = [t for t in self.timelines.values() if t.result and t.origin is layer]
        self.active = self.timelines[layer] if layer in self.timelines else made[-1] if layer and made else None
        self.changed.emit()

    def home(self, source: Image | None, before: Any, result: Array, into: Destination) -> Image | None:
        """Return the layer where an edit of a layer belongs: the layer itself when runs made it, or what they made."""
        if source is None or before is None:
            return None
        made = [t for t in self.timelines.values() if t.result and t.like(before, result)]
        homes = [t for t in made if t.layer is source] or [t for t in made if t.origin is source and t.into == into]
        return homes[-1].layer if homes else None

    def record(
        self,
        layer: Image,
        before: Array | None,
        after: Array,
        edit: Edit,
        origin: Image | None = None,
        into: Destination = (),
    ) -> None:
        """Show an edit in a layer and remember it; where the layer has no history, one begins with ``before``.

        ``origin`` is what was edited, and ``into`` where the result belongs in that.
        """
        known = self.timelines.get(layer)
        if known is not None:
            self._notice(known)
            known.show_edit(before, after)

        def work() -> Step | None:
            timeline = self.timelines.get(layer)
            if timeline is None or before is None:
                return Step(layer, begun(before, after, edit), after, origin, into)
            return Step(layer, timeline.recorded(before, after, edit), after)

        self._do(work)

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
            self._do(lambda: Step(timeline.layer, timeline.noticed(now), now))
        else:
            self._drop(timeline.layer)

    def _do(self, work: Callable[[], Step | None]) -> None:
        limit = history_limit()

        def fitted() -> tuple[Step | None, dict[Image, History], Gone]:
            step = work()
            histories = {t.layer: t.history for t in list(self.timelines.values())}
            if step is not None:
                histories[step.layer] = step.history
            return step, *fit(histories, limit)

        self.jobs.add(fitted, lambda outcome: self._take(*outcome))

    def _take(self, step: Step | None, left: dict[Image, History], gone: Gone) -> None:
        for layer, timeline in list(self.timelines.items()):
            if layer in left:
                timeline.history = left[layer]
            else:
                self._drop(layer)
        if step is not None and step.layer in self.viewer.layers:
            self._show(step, left)
        if gone:
            show_info(farewell(gone))

    def _show(self, step: Step, left: dict[Image, History]) -> None:
        if step.note:
            show_warning(step.note)
        if step.layer not in left:  # not even the picture's own entry is within the limit
            step.layer.data = step.picture
            return
        timeline = self.timelines.get(step.layer)
        if timeline is None:
            timeline = Timeline(step.layer, step.origin, step.result, left[step.layer], step.picture, step.into)
            self.timelines[step.layer] = timeline
            self.begun.emit(timeline)
        timeline.picture = step.picture
        timeline.show()
        self.active = timeline
        for layer in self.viewer.layers:
            if covering(layer):  # the frames of an earlier run, which would hide this
                layer.visible = False

    def _removed(self, event: Any) -> None:
        self._drop(event.value)
        self.changed.emit()

    def _selected(self, event: Any) -> None:
        self.active = self.timelines.get(event.value, self.active)
        self.changed.emit()

    def _drop(self, layer: Image) -> None:
        dropped = self.timelines.pop(layer, None)
        if dropped is not None and dropped is self.active:
            self.active = None


def _ignore(event: Any, call: Callable[[Any], None], _: Any = None) -> None:
    event.disconnect(call)
