"""Runs one after the other in a worker: how far they are, and how each goes on until all are ended."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth.tasks import Job


@dataclass(frozen=True)
class Tick:
    """How far the runs are, in steps of all of them, and which is under way."""

    step: int
    steps: int
    words: str


def last_state(job: Job, title: str, number: int, count: int, stop: Event) -> Generator[Tick, None, core.State | None]:
    """Run a job that is one of ``count`` of as many steps each; None is returned if it was stopped."""
    for state in job.states():
        if stop.is_set():
            return None
        yield Tick(number * job.steps + state.step, count * job.steps, f"{title}, {number + 1} of {count}")
    return state
