"""The states of a job: its pictures in batches, each all steps of the task, one batch after the other."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Inputs
from napari_robust_synth.tasks.memory import ran_out
from napari_robust_synth.tasks.recipe import Change

if TYPE_CHECKING:
    from napari_robust_synth.tasks.job import Job


def descend(job: Job, *, halving: bool = True) -> Generator[core.State, Change | None, None]:
    """Run a job; see `Job.states`.

    When memory runs out, the run begins again at step 0 in batches half as large, and takes over at once what was
    changed until then: so one batch size, and one list of changes, say how it was made.

    Parameters
    ----------
    job : Job
        What to run.
    halving : bool
        Whether to do so, or raise the error.
    """
    sent: Change = {}
    while too_many := (yield from _attempt(job, sent, halving)):
        job.batch = too_many // 2
        for _, change in job.changes:
            sent = {**sent, **change}


def _attempt(job: Job, sent: Change, halving: bool) -> Generator[core.State, Change | None, int]:
    """Run all batches; return 0, or how many pictures were too many."""
    inputs = replace(job.begun.inputs, generator=torch.Generator().manual_seed(job.seed))
    job.changes, job.course = [], job.begun
    pictures = list(torch.split(job.start, job.batch))
    for i, chunk in enumerate(pictures):
        try:
            yield from _batch(job, pictures, i, inputs, {} if i else sent)
        except (MemoryError, RuntimeError) as error:
            if not halving or len(chunk) == 1 or not ran_out(error):
                raise
            return len(chunk)
    return 0


def _batch(
    job: Job, pictures: list[Tensor], i: int, inputs: Inputs, first: Change
) -> Generator[core.State, Change | None, None]:
    """Run one batch; ``first`` is changed before its first step."""
    start, task = pictures[i], job.course.task
    run = task.descend(task.begin(job.problem(start), inputs), task.step_size * inputs.scale)
    change = None
    while (state := next(run, None) if change is None else run.send(change)) is not None:
        pictures[i], change = state.x, None
        step = i * task.steps + state.step
        sent = {**first, **((yield replace(state, step=step, x=torch.cat(pictures))) or {})}
        first = {}
        if sent and step < job.steps:
            job.course = job.course.turned(job.classifier, sent)
            job.changes.append((step, job.course.written(sent)))
            if state.step < task.steps:
                problem, step_size = job.problem(start), job.course.task.step_size * inputs.scale
                change = core.Change(step_size, problem.objective, problem.feasible)
