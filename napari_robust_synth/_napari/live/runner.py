"""What runs in the worker while the live brush is on: strokes in, frames out, rest when nothing is left to do."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from queue import Empty
from typing import TYPE_CHECKING, Any

from napari_robust_synth._napari.live.sheet import laid_on
from napari_robust_synth._napari.running.runner import PAUSE_SECONDS, Control, Frame, Outcome, Refused, score
from napari_robust_synth._napari.window.worker_errors import RunError, explained

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth.tasks import Live
    from napari_robust_synth.tasks.patch import Patch

REST = "Paint on, or Stop"


@dataclass(frozen=True)
class LiveFrame(Frame):
    """A frame of one part of the picture; ``patch`` says of which."""

    patch: Patch


def paint_live(
    live: Live, finish: Callable[[Live, core.State], Outcome], control: Control
) -> Generator[LiveFrame | Refused | None, None, Outcome | None]:
    """Paint until Stop: yield a tick after every step, and a frame as often as ``control`` says."""
    state = yield from _paint(live, control)
    return None if control.abandoned.is_set() or state is None else finish(live, state)


def _paint(live: Live, control: Control) -> Generator[LiveFrame | Refused | None, None, core.State | None]:
    from napari_robust_synth.tasks.threads import prepare

    words, state, first = "", None, True
    while not control.stopped.is_set():
        if not control.going.wait(PAUSE_SECONDS):
            yield None
            continue
        touched: list[Patch] = []
        try:
            for sent in arrived(control, 0 if live.next_patch else PAUSE_SECONDS):
                try:
                    with explained():
                        touched += apply(live, sent)
                except ValueError as error:
                    yield Refused(str(error))
            going = control.going.is_set() and not control.stopped.is_set()  # Stop lets a paused worker go on
            patch = live.next_patch
            with explained():
                step = live.advance() if going else None
        except RunError as error:
            if state is None:
                raise
            yield Refused(str(error))  # and what was painted stays
            return state
        if step is not None:
            state, words = step, score(step.terms)
        resting = live.next_patch is None
        if patch is not None and (control.due() or touched or resting):
            touched = [p for p in touched if p is not patch] + [patch]
        for seen in dict.fromkeys(touched):
            yield frame(live, seen, state, REST if resting else words)
        yield None
        if step is not None and patch is not None:
            prepare(live, patch)  # once its first change has been seen
        elif resting and first:
            prepare(live)
        first = False
    return state


def arrived(control: Control, seconds: float) -> list[dict[str, Any]]:
    """Return what the window has sent, in its order; wait a while for the first."""
    found: list[dict[str, Any]] = []
    try:
        found.append(control.changes.get(timeout=seconds) if seconds else control.changes.get_nowait())
        while True:
            found.append(control.changes.get_nowait())
    except Empty:
        return found


def apply(live: Live, sent: dict[str, Any]) -> list[Patch]:
    """Hand a stroke, which is read now, or a change, to the painting."""
    if "paint" not in sent:
        return live.change(sent)
    stroke = sent["paint"]()
    return [] if stroke is None else live.paint(*stroke)


def frame(live: Live, patch: Patch, state: core.State | None, words: str) -> LiveFrame:
    """Copy what the window shows from the device, on the pixels of the source: the window has enough to do."""
    loss = math.nan if state is None else float(state.loss)
    return LiveFrame(live.step, live.steps, laid_on(patch.preview(), patch.crop)[None], patch.crop, loss, words, patch)
