"""What runs in the worker: make the job, run it, show frames, compose the result."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth._napari.running.changes import usable
from napari_robust_synth._napari.running.low_priority import low_priority_thread
from napari_robust_synth._napari.running.switching import switching_often
from napari_robust_synth._napari.window.worker_errors import explained
from napari_robust_synth.tasks.targets import Target

if TYPE_CHECKING:
    from torch import Tensor

    from napari_robust_synth import core
    from napari_robust_synth.history.trajectory import Trajectory
    from napari_robust_synth.tasks import Job, Recipe, Recipes
    from napari_robust_synth.tasks.together import Together

PAUSE_SECONDS = 0.05
MANY_STEPS = 20  # from here on compiling a shape pays
End = TypeVar("End")


@dataclass
class Control:
    """What the window tells a run that is under way: stop, stop and keep nothing, pause, change, how often to show."""

    stopped: Event = field(default_factory=Event)
    abandoned: Event = field(default_factory=Event)
    going: Event = field(default_factory=Event)
    changes: SimpleQueue[dict[str, Any]] = field(default_factory=SimpleQueue)
    trajectory: Trajectory | None = None
    frame_seconds: float = 1 / 15

    def __post_init__(self) -> None:
        self.going.set()
        self._next_frame = -math.inf

    def due(self) -> bool:
        """Tell whether to show a frame now; a late one does not put off the next."""
        now = time.perf_counter()
        if now < self._next_frame:
            return False
        late = now - self._next_frame
        self._next_frame = (self._next_frame if late < self.frame_seconds else now) + self.frame_seconds
        return True

    def stop(self) -> None:
        """End after the step under way, paused or not."""
        self.stopped.set()
        self.going.set()

    def keep(self, job: Job | Together, state: core.State, *, last: bool = False) -> None:
        """Keep the frame of a step, where frames are kept; of a run that begins again, those of the second time."""
        if self.trajectory is None:
            return
        if state.step == 0:
            self.trajectory.clear()
        if self.trajectory.wants(state.step, last=last):
            self.trajectory.add(state.step, job.preview(state.x))

    def pending(self) -> dict[str, Any] | None:
        """Return all changes since the last step as one."""
        merged: dict[str, Any] = {}
        while True:
            try:
                merged |= self.changes.get_nowait()
            except Empty:
                return merged or None


@dataclass(frozen=True)
class Frame:
    """What to show: pictures (N, h, w, 4) uint8, and how far the run is."""

    step: int
    steps: int
    pictures: NDArray[np.uint8]
    crop: core.Crop
    loss: float
    score: str


@dataclass(frozen=True)
class Refused:
    """A change that a run could not use, in one line; it goes on as before."""

    message: str


@dataclass(frozen=True)
class Outcome:
    """The end of a run: full-resolution result, recipe, what the classifier says, what was edited, further layers.

    ``recipes`` are those of each slice or object where several were edited; ``recipe`` is the first of these then.
    """

    result: NDArray[Any]
    recipe: Recipe
    verdict: str = ""
    source: NDArray[Any] | None = None
    beside: tuple[tuple[NDArray[Any], dict[str, Any]], ...] = ()
    likely: float | None = None
    recipes: Recipes | None = None

    def judged(self, label: str | None, before: float | None, after: float | None) -> Outcome:
        """Return the same with the classifier's probabilities of a class, before and after."""
        verdict = "" if after is None else f"{label}: {before:.0%} before, {after:.0%} after"
        return replace(self, verdict=verdict, likely=after)


def run_job(
    prepare: Callable[[], Any],
    finish: Callable[[Any, core.State], Outcome],
    control: Control,
    work: Callable[..., Generator[Frame | Refused | None, None, Outcome | None]] | None = None,
) -> Generator[Frame | Refused | None, None, Outcome | None]:
    """Run a job: yield a tick after every step, and a frame now and then; ``work`` may do so otherwise.

    Raises
    ------
    RunError
        For everything that goes wrong, out of memory included.
    """
    with explained(), switching_often():
        return (yield from (work or job_frames)(prepare(), finish, control))


def job_frames(
    job: Job | Together, finish: Callable[[Any, core.State], End], control: Control
) -> Generator[Frame | Refused | None, None, End | None]:
    """Run a job, or several, and return what ``finish`` makes of the last state; None before the first step."""
    states = job.states()
    state = next(states)
    control.keep(job, state)
    yield frame(job, state)
    with low_priority_thread() as thread:
        while state.step < job.steps and not control.stopped.is_set():
            if not control.going.wait(PAUSE_SECONDS):
                yield None
                continue
            if state.step == 1 and job.steps >= MANY_STEPS:  # now that the first change has been seen
                job.classifier.prepare((job.batch, *state.x.shape[1:]))
            change, refused = usable(job, control.pending())
            if refused:
                yield Refused(refused)
            state = thread.submit(states.send, change).result()
            control.keep(job, state)
            yield frame(job, state) if control.due() or state.step == job.steps else None
    states.close()
    control.keep(job, state, last=True)
    return None if control.abandoned.is_set() or state.step == 0 else finish(job, state)


def frame(job: Job | Together, state: core.State) -> Frame:
    """Copy what the window shows from the device."""
    if "cross_entropy" in state.terms:
        words = f"{job.label} {100 * float((-state.terms['cross_entropy']).exp().mean()):.0f}%"
    elif "feature" in state.terms:
        words = f"{Target(features=job.features).name}: {float(state.terms['feature'].mean()):.2f}"
    else:
        words = "" if job.palette is None else score(state.terms)
    return Frame(
        state.step,
        job.steps,
        job.preview(state.x),
        job.picture.crop,
        float(state.loss.mean()),
        words,
    )


def score(terms: Mapping[str, Tensor]) -> str:
    """Say how far each label of a palette is: a class's probability, a feature's mean."""
    values = {name: float(value) for name, value in terms.items()}
    return " · ".join(
        f"{name} {100 * math.exp(-value):.0f}%" if value >= 0 else f"{name}: {-value:.2f}"
        for name, value in values.items()
    )
