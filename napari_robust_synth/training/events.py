"""What happens in a training, a JSON line each, for a window to follow (no torch)."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_robust_synth.training.loop import Progress

SECONDS = 0.25
LINES = 1000
"""About how many lines a training writes at most."""


@dataclass(frozen=True)
class Event:
    """After one step: how far, loss and accuracy of this batch, and how many seconds this process has trained."""

    step: int
    steps: int
    epoch: int
    loss: float
    robust: float
    seconds: float
    clean: float | None = None


class EventLog:
    """Appends events to a file: at most four a second and about a thousand a training, and all with a clean accuracy.

    Parameters
    ----------
    path : Path
        The file; made at once, so that one that can't be written ends a training before it begins.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.began = path, time.monotonic()
        self._step, self._time = 0, -SECONDS
        path.touch()

    def write(self, progress: Progress) -> None:
        """Append a line, when one is due."""
        seconds = time.monotonic() - self.began
        soon = seconds - self._time < SECONDS or progress.step - self._step < progress.steps // LINES
        if soon and progress.clean is None and progress.step < progress.steps:
            return
        self._step, self._time = progress.step, seconds
        line = json.dumps(asdict(Event(**asdict(progress), seconds=round(seconds, 3))))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def read_events(path: Path) -> list[Event]:
    """Read the events of a training, step by step; what was done again after a resume replaces what was lost."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    events: list[Event] = []
    for line in text.splitlines():
        try:
            event = Event(**json.loads(line))
        except (ValueError, TypeError):  # half a line, of a process that was killed or is writing
            continue
        while events and events[-1].step >= event.step:
            events.pop()
        events.append(event)
    return events


def seconds_left(events: list[Event]) -> float | None:
    """Estimate how long the rest will take at the pace of the last events; None while there is nothing to go by."""
    recent = events[-1:]
    for event in events[-2:-30:-1]:
        if event.seconds >= recent[-1].seconds:  # of the process before this one
            break
        recent.append(event)
    if len(recent) < 2:
        return None
    last, first = recent[0], recent[-1]
    return (last.seconds - first.seconds) / (last.step - first.step) * (last.steps - last.step)
