"""Many runs of one task worked on together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import numpy as np

from napari_robust_synth import core
from napari_robust_synth.evaluation.pool import Pixels
from napari_robust_synth.tasks.batches import MOST, best_batch, in_batches
from napari_robust_synth.tasks.job import Job
from napari_robust_synth.tasks.together import Together


def run_together(jobs: list[Job], tick: Callable[[float], None] = lambda pictures: None) -> list[core.Array]:
    """Run jobs of one task and one working shape; each gets the result that its own run would give.

    Parameters
    ----------
    jobs : list of Job
        See `Together`.
    tick : callable
        Called after each step with the share of pictures that it amounts to.
    """
    run, done = Together(jobs), 0.0
    try:
        for state in run.states(measure_last=False):
            if state.step:
                done += len(jobs) / jobs[0].task.steps
                tick(len(jobs) / jobs[0].task.steps)
    except (MemoryError, RuntimeError):
        tick(-done)
        raise
    return run.results(state.x)


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
