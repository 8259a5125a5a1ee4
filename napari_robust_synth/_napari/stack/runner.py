"""What runs in the worker for all slices of an axis: some together, into one array; each gets what it would alone."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.slices import slice_at
from napari_robust_synth._napari.running.runner import Control, Frame, Outcome, Refused
from napari_robust_synth._napari.stack.control import StackControl
from napari_robust_synth._napari.stack.group import Slice, run_group
from napari_robust_synth._napari.stack.labels import left_out
from napari_robust_synth._napari.stack.stack import part_of
from napari_robust_synth._napari.window.worker_errors import RunError, explained
from napari_robust_synth.tasks.recipes import SLICES, Recipes

if TYPE_CHECKING:
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth._napari.stack.stack import Stack
    from napari_robust_synth.tasks import Job, Recipe

Shown = Generator[Frame | Refused | None, None, Any]
NO_MARKS = "the mask is empty in every slice: paint the region that may change"


def run_slices(
    stack: Stack, _: object, control: StackControl
) -> Generator[Frame | Refused | None, None, Outcome | None]:
    """Run on each slice; what was done when it is stopped stays, and a slice that fails does not end the others.

    Raises
    ------
    ValueError
        When no slice is marked.
    RunError
        When all fail.
    """
    cases = yield from _marked(stack, control)
    before = yield from _read(stack, control)
    if control.stopped.is_set():
        return None
    from napari_robust_synth.tasks.together import grouped

    after, failed, lacking = _canvas(stack, before), dict[int, str](), dict[int, set[int]]()
    done: list[tuple[int, Recipe]] = []
    for group in grouped(_jobs(stack, cases, before, control, failed, lacking), len(cases)):
        if not control.stopped.is_set():
            done += yield from run_group(stack, group, after, control, failed)
    if lacking:
        yield Refused(left_out(lacking))
    if failed and not done:
        raise RunError(_failures(failed, len(cases)))
    if failed:
        yield Refused(_failures(failed, len(cases)))
    if control.abandoned.is_set() or not done:
        return None
    verdict = f"{'Stopped' if control.stopped.is_set() else 'Done'}: {len(done)} of {len(cases)} slices"
    return Outcome(after, done[0][1], verdict, before, recipes=Recipes(tuple(done), SLICES, stack.axis))


def _marked(stack: Stack, control: Control) -> Generator[None, None, dict[int, Request]]:
    """Return the slices to run on, as far as it came, and choose the part that holds all."""
    cases: dict[int, Request] = {}
    for found in stack.cases():
        if control.stopped.is_set():
            return {}
        cases.update([] if found is None else [found])
        yield None
    if not cases:
        raise ValueError(NO_MARKS)
    stack.cover_all(list(cases.values()))
    return cases


def _read(stack: Stack, control: Control) -> Generator[None, None, Array]:
    """Read the part of every slice, as far as it comes."""
    slices: list[Array] = []
    for number in range(stack.length):
        if control.stopped.is_set():
            break
        slices.append(slice_at(stack.source, stack.axis, number).pixels(part_of(stack).slices))
        yield None
    return np.stack(slices, dtype=slices[0].dtype) if slices else np.empty(0)


def _canvas(stack: Stack, before: Array) -> Array:
    """Return what the results are put into, which is what is seen where none is."""
    from napari_robust_synth.core import enlarge

    factor = getattr(stack.task, "factor", 1)
    if factor == 1:
        return before.copy()
    return np.stack([enlarge(one, factor, "nearest") for one in before], dtype=before.dtype)


def _jobs(
    stack: Stack,
    cases: dict[int, Request],
    before: Array,
    control: Control,
    failed: dict[int, str],
    lacking: dict[int, set[int]],
) -> Iterator[tuple[Slice, Job]]:
    """Make the jobs, each when its turn comes; what fails is noted, and which labels have no target."""
    for place, (number, case) in enumerate(cases.items()):
        if control.stopped.is_set():
            return
        try:
            with explained():
                own, marks, missing = stack.marked(case)
                if missing:
                    lacking[number] = missing
                job = stack.job_of(own, before[number], marks)
        except (ValueError, RunError) as error:
            failed[number] = str(error)
            continue
        yield Slice(number, case, place, len(cases)), job


def _failures(failed: dict[int, str], count: int) -> str:
    numbers = ", ".join(map(str, failed))
    first = next(iter(failed.values()))
    return f"{len(failed)} of {count} slices failed and are as they were ({numbers}): {first}"
