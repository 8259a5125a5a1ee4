"""Many runs of one task worked on together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np
import torch

from napari_robust_synth import core
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.tasks.base import Inputs
from napari_robust_synth.tasks.batches import MOST, best_batch, in_batches
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
    done = 0.0
    try:
        for state in batched(jobs):
            if state.step:
                done += len(jobs) / jobs[0].task.steps
                tick(len(jobs) / jobs[0].task.steps)
    except (MemoryError, RuntimeError):
        tick(-done)
        raise
    return [job.result(x) for job, x in zip(jobs, torch.split(state.x, 1), strict=True)]


def run_all(
    jobs: Iterable[Job], batch: int | None = None, tick: Callable[[float], None] = lambda pictures: None
) -> Iterator[tuple[Job, Pixels]]:
    """Run jobs in batches, in order; yield each with its picture (S, S, 3) uint8.

    Each job then has the batch that it ran in; how many run together is found where it is not given.
    """
    line = iter(jobs)
    first = list(islice(line, 2))  # as many as it takes to see that there are several
    if batch is None and first:
        batch = best_batch(first[0].classifier, first[0].start.shape[1:], MOST if len(first) > 1 else 1)
    for some, results in in_batches(chain(first, line), batch or 1, lambda some: run_together(some, tick)):
        for job, result in zip(some, results, strict=True):
            job.batch = len(some)
            yield job, np.asarray(result[0] if result.ndim == 4 else result)
