"""Jobs of one picture each that run in one batch, and give what each would give alone."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Inputs, Task
from napari_robust_synth.tasks.batches import best_together
from napari_robust_synth.tasks.course import Course
from napari_robust_synth.tasks.job import Job
from napari_robust_synth.tasks.recipe import Change

HELD = 256_000_000
"""Bytes of pictures and of their results, about, that wait for one run."""
Named = TypeVar("Named")
MaybeJob = TypeVar("MaybeJob", Job, Job | None)


class Together:
    """A run of several jobs; what is shown of it is the first one's.

    Every loss, ball and step is a picture's own. The pixels are those of a run alone, too, as far as `best_together`
    says how many go into it; beyond, rounding differs.

    Parameters
    ----------
    jobs : sequence of Job
        Of one `kind`.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = tuple(jobs)
        first = self.jobs[0]
        self.classifier, self.steps, self.batch = first.classifier, first.task.steps, len(self.jobs)
        self.picture, self.palette = first.picture, first.palette

    @property
    def course(self) -> Course:
        """What the first works towards."""
        return self.jobs[0].course

    @property
    def label(self) -> str | None:
        """The first one's class."""
        return self.jobs[0].label

    @property
    def features(self) -> tuple[int, ...]:
        """The features that all raise."""
        return self.jobs[0].features

    def preview(self, x: Tensor) -> NDArray[np.uint8]:
        """Return what to show of the first picture, as `Job.preview`."""
        return self.jobs[0].preview(x[:1])

    def states(self, *, measure_last: bool = True) -> Generator[core.State, Change | None, None]:
        """Run as `Job.states`, all pictures in each state; what is sent changes all, and each job's `changes`."""
        for job in self.jobs:
            job.changes, job.course = [], job.begun
        start = torch.cat([_begun(job) for job in self.jobs])
        problem, step_size = self._problem()
        run = core.pgd(replace(problem, start=start), steps=self.steps, step_size=step_size, measure_last=measure_last)
        change = None
        while (state := next(run, None) if change is None else run.send(change)) is not None:
            sent, change = (yield state), None
            if sent and state.step < self.steps:
                for job in self.jobs:
                    job.course = job.course.turned(job.classifier, sent)
                    job.changes.append((state.step, job.course.written(sent)))
                problem, step_size = self._problem()
                change = core.Change(step_size, problem.objective, problem.feasible)

    def apart(self, state: core.State) -> list[core.State]:
        """Return each job's state."""
        return [
            core.State(state.step, x, loss, {name: value[i : i + 1] for name, value in state.terms.items()})
            for i, (x, loss) in enumerate(zip(torch.split(state.x, 1), torch.split(state.loss, 1), strict=True))
        ]

    def results(self, x: Tensor) -> list[core.Array]:
        """Return each job's result; see `Job.result`."""
        return [job.result(one) for job, one in zip(self.jobs, torch.split(x, 1), strict=True)]

    def _problem(self) -> tuple[core.Problem, float]:
        first, parts = self.jobs[0].course, [job.course.inputs for job in self.jobs]
        inputs = Inputs(
            image=torch.cat([p.image for p in parts]),
            mask=torch.cat([p.mask for p in parts]),
            label=torch.cat([p.label for p in parts]),
            features=parts[0].features,
            scale=parts[0].scale,
            generator=parts[0].generator,
            given=parts[0].given,
        )
        problem = first.task.problem(self.classifier, inputs, torch.cat([job.start for job in self.jobs]))
        return problem, first.task.step_size * inputs.scale


def kind(job: Job) -> Hashable | None:
    """Return what jobs that run together have in common; None for one that can only run alone."""
    task = type(job.task)
    if job.palette is not None or len(job.start) > 1 or task.descend is not Task.descend:
        return None
    return (
        job.task,
        job.classifier.sha256 or id(job.classifier),
        job.classifier.precision,
        job.start.shape,
        job.picture.enlarged and job.picture.crop.shape,
        job.features,
    )


def grouped(jobs: Iterable[tuple[Named, MaybeJob]], count: int) -> Iterator[list[tuple[Named, MaybeJob]]]:
    """Put neighbours that run together into groups of the size that this machine is quickest with.

    Parameters
    ----------
    jobs : iterable of (name, Job or None)
        In their order; made no earlier than they are needed, which is when it must be known whether the next one
        runs with them. What has no job is passed on at once, before those that wait.
    count : int
        How many there are, at most.
    """
    group: list[tuple[Named, MaybeJob]] = []
    own, held, most = None, 0, dict[Hashable, int]()
    for name, job in jobs:
        if job is None:
            yield [(name, job)]
            continue
        new = kind(job)
        if group and new == own and own not in most:  # not for the first: it may stay the only one
            most[own] = best_together(job.classifier, job.start.shape[1:], count)
        if group and (new != own or len(group) >= most[own] or held > HELD):
            yield group
            group, held = [], 0
        own = new
        group.append((name, job))
        held += job.picture.source.nbytes + 2 * job.picture.canvas.nbytes
        if own is None or len(group) >= most.get(own, count):
            yield group
            group, held = [], 0
    if group:
        yield group


def _begun(job: Job) -> Tensor:
    inputs = replace(job.begun.inputs, generator=torch.Generator().manual_seed(job.seed))
    return job.task.begin(job.problem(job.start), inputs).start
