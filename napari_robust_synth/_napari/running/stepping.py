"""Runs one after the other in a worker: how far they are, and how each goes on until all are ended."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.together import Together


@dataclass(frozen=True)
class Tick:
    """How far the runs are, in steps of all of them, and which is under way."""

    step: int
    steps: int
    words: str


def last_state(
    run: Job | Together, title: str, number: int, count: int, stop: Event, n: int = 1
) -> Generator[Tick, None, core.State | None]:
    """Run one, or ``n``, of ``count`` jobs of as many steps each; None is returned if it was stopped."""
    for state in run.states():
        if stop.is_set():
            return None
        yield Tick(number * run.steps + n * state.step, count * run.steps, f"{title}, {number + n} of {count}")
    return state
