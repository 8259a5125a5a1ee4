"""Many runs of one task worked on together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import torch

from napari_robust_synth import core
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.tasks.base import Inputs
from napari_robust_synth.tasks.job import Job


def batched(jobs: Sequence[Job]) -> Iterator[core.State]:
    """Run jobs of one task and one working shape in one batch, state by state.

    Every loss, ball and step is a picture's own, so only rounding differs from running them one by one.

    Parameters
    ----------
    jobs : sequence of Job
        Each of one picture.
    """
    task, classifier, parts = jobs[0].task, jobs[0].classifier, [job.begun.inputs for job in jobs]
    inputs = Inputs(
        image=torch.cat([p.image for p in parts]),
        mask=torch.cat([p.mask for p in parts]),
        label=torch.cat([p.label for p in parts]),
        features=parts[0].features,
        scale=parts[0].scale,
        generator=parts[0].generator,
    )
    problem = task.problem(classifier, inputs, torch.cat([job.start for job in jobs]))
    return core.pgd(problem, steps=task.steps, step_size=task.step_size * inputs.scale, measure_last=False)


def run_together(jobs: list[Job], tick: Callable[[float], None] = lambda pictures: None) -> list[core.Array]:
    """Run jobs of one task and one working shape; each gets the result that its own run would give.

    Parameters
    ----------
    jobs : list of Job
        See `batched`.
    tick : callable
        Called after each step with the share of pictures that it amounts to.
    """
    for state in batched(jobs):
        if state.step:
            tick(len(jobs) / jobs[0].task.steps)
    return [job.result(x) for job, x in zip(jobs, torch.split(state.x, 1), strict=True)]


def run_all(
    jobs: Iterable[Job], batch: int, tick: Callable[[float], None] = lambda pictures: None
) -> Iterator[tuple[Job, Pixels]]:
    """Run jobs in batches, in order; yield each with its picture (S, S, 3) uint8."""
    line = iter(jobs)
    while some := list(islice(line, batch)):
        for job, result in zip(some, run_together(some, tick), strict=True):
            yield job, np.asarray(result[0] if result.ndim == 4 else result)
