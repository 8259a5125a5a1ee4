"""Undo, redo, going back, comparing, accepting: what a window does with its histories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QObject

from napari_robust_synth._napari.keeping import Keeping, Step
from napari_robust_synth._napari.layers import RECIPE, Array
from napari_robust_synth._napari.timeline import Timeline, alike
from napari_robust_synth.history.edit import Edit, read_recipe
from napari_robust_synth.history.tree import History

if TYPE_CHECKING:
    from napari.layers import Image

UNDO_KEY, REDO_KEY, COMPARE_KEY = "Control-Alt-Z", "Control-Alt-Shift-Z", "H"


class Keeper(Keeping):
    """The histories of one window, and the keys to go through them.

    Parameters
    ----------
    viewer : Viewer
        Whose layers.
    window : QObject
        Its window; the histories go with it.
    """

    def __init__(self, viewer: Any, window: QObject) -> None:
        super().__init__(viewer, window)
        self.new_layer = self.keep_frames = False
        self._compared: Timeline | None = None
        viewer.bind_key(UNDO_KEY, lambda _: self.undo(), overwrite=True)
        viewer.bind_key(REDO_KEY, lambda _: self.redo(), overwrite=True)
        viewer.bind_key(COMPARE_KEY, self._compare_while_held, overwrite=True)

    def undo(self) -> None:
        """Go back by one edit."""
        self.go(lambda history: history.undo)

    def redo(self) -> None:
        """Go to the edit that was undone last."""
        self.go(lambda history: history.redo)

    def go(self, choose: Callable[[History], int | None]) -> None:
        """Go to the entry that is chosen when it is its turn."""
        timeline = self._noticed()
        if timeline is None:
            return

        def work() -> Step | None:
            layer, shown, history = timeline.layer, timeline.picture, timeline.history
            number = choose(history)
            if number is None or number not in history.entries:
                return None
            try:
                return Step(layer, history.at(number), history.picture(shown, number))
            except ValueError as error:
                return Step(layer, History.begin(shown, Edit("original")), shown, note=f"{layer.name!r}: {error}")

        self._do(work)

    def compare(self, on: bool) -> None:
        """Show the original instead, until it is switched off."""
        held, self._compared = self._compared, self._noticed() if on else None
        if held is not None and held.layer in self.timelines:
            held.show()
        if self._compared is not None:
            self.jobs.add(partial(_original, self._compared), self._show_original)

    def _show_original(self, found: tuple[Timeline, Array]) -> None:
        timeline, picture = found
        if timeline is self._compared and timeline.layer in self.timelines:
            timeline.display(picture)

    def _compare_while_held(self, _: Any) -> Iterator[None]:
        self.compare(True)
        yield
        self.compare(False)

    @property
    def target(self) -> Image | None:
        """The layer that what is shown can be accepted into."""
        origin = None if self.active is None else self.active.origin
        if self.active is None or origin is None or origin not in self.viewer.layers:
            return None
        return origin if alike(origin.data, self.active.picture) else None

    def accept(self) -> None:
        """Put what is shown into the layer that it was made from: an edit of that layer, which can be undone."""
        timeline, target = self._noticed(), self.target
        if timeline is None or target is None:
            return
        before, recipe = target.data, target.metadata.get(RECIPE)

        def work() -> Step:
            entry, after = timeline.history.entries[timeline.history.current], timeline.picture.copy()
            edit, known = Edit("accepted", timeline.layer.name, read_recipe(entry)), self.timelines.get(target)
            if known is not None:
                return Step(target, known.recorded(before, after, edit), after)
            original = History.begin(before, Edit("original", recipe=recipe))
            return Step(target, original.record(before, before, after, edit), after, result=False)

        self._do(work)

    def forget(self, timeline: Timeline) -> None:
        """Forget all edits of a picture; what is shown stays."""
        self._do(lambda: Step(timeline.layer, timeline.history.alone(), timeline.picture))


def _original(timeline: Timeline) -> tuple[Timeline, Array]:
    return timeline, timeline.history.picture(timeline.picture, timeline.history.root)


def keeper_of(viewer: Any) -> Keeper:
    """Return the histories of a viewer's window."""
    viewer = getattr(viewer, "__wrapped__", viewer)  # plugins get a proxy
    window = viewer.window._qt_window
    keeper = window.findChild(Keeper)
    return Keeper(viewer, window) if keeper is None else keeper
