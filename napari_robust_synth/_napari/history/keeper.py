"""Undo, redo, going back, comparing, accepting: what a window does with its histories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QObject

from napari_robust_synth._napari.history.comparison import Comparison
from napari_robust_synth._napari.history.following import to_redo, to_undo
from napari_robust_synth._napari.history.keeping import Keeping
from napari_robust_synth._napari.history.step import Step
from napari_robust_synth._napari.history.timeline import Timeline
from napari_robust_synth._napari.layers.destination import Destination, layers_of, refusal, written
from napari_robust_synth._napari.layers.recipes import edit_part
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.history.edit import Edit, read_recipe
from napari_robust_synth.history.tree import ELSEWHERE, ORIGINAL, History

if TYPE_CHECKING:
    from napari.layers import Image, Labels

Choose = Callable[[History], int | None]
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
        self._comparison = Comparison(self)
        self.painted: Labels | None = None
        viewer.bind_key(UNDO_KEY, lambda _: self.undo(), overwrite=True)
        viewer.bind_key(REDO_KEY, lambda _: self.redo(), overwrite=True)
        viewer.bind_key(COMPARE_KEY, self._compare_while_held, overwrite=True)

    def undo(self) -> None:
        """Go back by one edit; while the live brush is on, by one stroke."""
        if self.painted is not None:
            _stroke(self.painted, self.painted.undo)
            return
        self.active = self.to_undo
        self._step(lambda history: history.current, lambda history: history.undo)

    def redo(self) -> None:
        """Go to the edit that was undone last; while the live brush is on, to the stroke."""
        if self.painted is not None:
            _stroke(self.painted, self.painted.redo)
            return
        self.active = self.to_redo
        self._step(lambda history: history.redo, lambda history: history.redo)

    @property
    def to_undo(self) -> Timeline | None:
        """The picture that an undo is about."""
        return to_undo(self.timelines, self.active, World.of(self.viewer.dims))

    @property
    def to_redo(self) -> Timeline | None:
        """The picture that a redo is about."""
        return to_redo(self.timelines, self.active, World.of(self.viewer.dims))

    def paint_on(self, labels: Labels | None) -> None:
        """Undo and redo strokes on a layer, until the live brush is off: the strokes are one edit only then."""
        self.painted = labels
        self.changed.emit()

    def go(self, choose: Choose) -> None:
        """Go to the entry that is chosen when it is its turn."""
        timeline = self._noticed()
        if timeline is not None:
            self._do(partial(_gone, timeline, choose))

    def _step(self, crossed: Choose, choose: Choose) -> None:
        """Go to another entry; the layers that an edit was accepted into at once go together."""
        active = self._noticed()
        if active is None:
            return
        for other in [t for t in self.timelines.values() if t is not active and not (t.result or active.result)]:
            self._notice(other)
            self._do(partial(_gone, other, choose, partial(_at_once, active, other, crossed)))
        self.go(choose)

    def compare(self, on: bool) -> None:
        """Show the original instead, until it is switched off."""
        held = self._comparison.end()
        if held is not None and held.replaced:  # by something else, meanwhile
            self._notice(held)
        elif held is not None:
            held.show()
        if on:
            self._comparison.begin(self._noticed())

    def _compare_while_held(self, _: Any) -> Iterator[None]:
        self.compare(True)
        yield
        self.compare(False)

    @property
    def into(self) -> Destination:
        """Where what is shown belongs: nowhere when that was removed."""
        into = () if self.active is None else self.active.into
        return into if all(layer in self.viewer.layers for layer in layers_of(into)) else ()

    def accept(self) -> None:
        """Put what is shown where it belongs in its source: an edit of that layer, which can be undone."""
        timeline, into = self._noticed(), self.into
        if timeline is None or not into:
            return
        now = datetime.now().astimezone()
        for layer in layers_of(into):
            self._do(partial(self._accepted, timeline, layer, now))

    def _accepted(self, timeline: Timeline, layer: Image, now: datetime) -> Step | None:
        history, result = timeline.history, timeline.picture
        before, made = layer.data, edit_part(layer.metadata)  # now, not at the click: another may have been accepted
        if why := refusal(timeline.into, result):
            if layer is timeline.into[0].layer:  # it is said once
                raise ValueError(why)
            return None
        after = written(timeline.into, layer, before, result, history.touched(result))
        recipe_of_result = read_recipe(history.entries[history.current])
        edit = Edit("accepted", timeline.layer.name, recipe_of_result, time=now)
        if (own := self.timelines.get(layer)) is not None:
            return own.stepped(own.recorded(before, after, edit), after)
        original = History.begin(before, Edit(ORIGINAL, recipe=made))
        return Step(layer, original.record(before, before, after, edit), after, result=False)

    def forget(self, timeline: Timeline) -> None:
        """Forget all edits of a picture; what is shown stays."""
        self._do(lambda: Step(timeline.layer, timeline.history.alone(), timeline.picture))


def _stroke(labels: Labels, go: Callable[[], None]) -> None:
    go()
    if not labels.visible:  # then napari does not tell that they changed
        labels.events.set_data()


def _gone(timeline: Timeline, choose: Choose, wanted: Callable[[], bool] = lambda: True) -> Step | None:
    layer, shown, history = timeline.layer, timeline.picture, timeline.history
    number = choose(history) if wanted() else None
    if number is None or number not in history.entries:
        return None
    try:
        return Step(layer, history.at(number), history.picture(shown, number))
    except ValueError as error:
        return Step(layer, History.begin(shown, Edit(ELSEWHERE)), shown, note=f"{layer.name!r}: {error}")


def _at_once(one: Timeline, other: Timeline, crossed: Choose) -> bool:
    """Say whether the entry that is crossed is of one edit in both."""
    numbers = [(t.history.entries, crossed(t.history)) for t in (one, other)]
    return len({entries[number].time if number else None for entries, number in numbers}) == 1


def keeper_of(viewer: Any) -> Keeper:
    """Return the histories of a viewer's window."""
    viewer = getattr(viewer, "__wrapped__", viewer)  # plugins get a proxy
    window = viewer.window._qt_window
    keeper = window.findChild(Keeper)
    return Keeper(viewer, window) if keeper is None else keeper
