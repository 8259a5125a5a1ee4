"""What runs in the worker for all slices of an axis: one job after the other, into one array."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.layers import Array
from napari_robust_synth._napari.runner import Control, Frame, Outcome, Refused, job_frames
from napari_robust_synth._napari.slices import slice_at
from napari_robust_synth._napari.stack import part_of
from napari_robust_synth._napari.worker_errors import RunError, explained
from napari_robust_synth.tasks.recipes import SLICES, Recipes

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth._napari.request import Request
    from napari_robust_synth._napari.stack import Stack
    from napari_robust_synth.tasks import Job, Recipe

Shown = Generator[Frame | Refused | None, None, Any]
NO_MARKS = "the mask is empty in every slice: paint the region that may change"


@dataclass(frozen=True)
class SliceFrame(Frame):
    """A frame of one slice; ``case`` says where that is."""

    case: Request


def run_slices(stack: Stack, _: object, control: Control) -> Generator[Frame | Refused | None, None, Outcome | None]:
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
    after, done, failed = _canvas(stack, before), [], {}
    for place, (number, case) in enumerate(cases.items()):
        if control.stopped.is_set():
            break
        words = f"slice {number} ({place + 1} of {len(cases)})"
        try:
            with explained():
                made = yield from _run(stack, case, before[number], control, words, (place, len(cases)))
        except (ValueError, RunError) as error:
            failed[number] = str(error)
            continue
        if made is not None:
            after[number][_where(stack, case)], recipe = made
            done.append((number, recipe))
    if failed and not done:
        raise RunError(_failures(failed, len(cases)))
    if failed:
        yield Refused(_failures(failed, len(cases)))
    if control.abandoned.is_set() or not done:
        return None
    verdict = f"{'Stopped' if control.stopped.is_set() else 'Done'}: {len(done)} of {len(cases)} slices"
    return Outcome(after, done[0][1], verdict, before, slices=Recipes(tuple(done), SLICES, stack.axis))


def _marked(stack: Stack, control: Control) -> Generator[None, None, dict[int, Request]]:
    """Return the slices to run on, as far as it came, and choose the part that holds all."""
    cases: dict[int, Request] = {}
    for number, case in enumerate(stack.cases()):
        if control.stopped.is_set():
            return {}
        if case is not None:
            cases[number] = case
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


def _where(stack: Stack, case: Request) -> tuple[slice, slice]:
    """Return where in a slice of the canvas the result of a case belongs."""
    factor, (top, left) = getattr(stack.task, "factor", 1), stack._part[0][:2]
    rows, columns = part_of(case).moved(-top, -left).slices
    return slice(factor * rows.start, factor * rows.stop), slice(factor * columns.start, factor * columns.stop)


def _run(
    stack: Stack, case: Request, pixels: Array, control: Control, words: str, at: tuple[int, int]
) -> Generator[Frame | Refused | None, None, tuple[Array, Recipe] | None]:
    """Run on one slice; None when it was stopped on the way."""
    job = stack.job_of(case, pixels)

    def finish(job: Job, state: core.State) -> tuple[Array, Recipe] | None:
        return (job.result(state.x), case.recipe(job, state.step)) if state.step == job.steps else None

    run = job_frames(job, finish, control)
    while True:
        try:
            shown = next(run)
        except StopIteration as end:
            for _, change in job.changes:  # what was set meanwhile holds for the slices that follow
                control.changes.put(change)
            made: tuple[Array, Recipe] | None = end.value
            return made
        yield _placed(shown, case, words, at) if isinstance(shown, Frame) else shown


def _placed(shown: Frame, case: Request, words: str, at: tuple[int, int]) -> SliceFrame:
    known = {field.name: getattr(shown, field.name) for field in fields(Frame)}
    known |= {"step": at[0] * shown.steps + shown.step, "steps": at[1] * shown.steps}
    known["score"] = f"{words} · {shown.score}" if shown.score else words
    return SliceFrame(**known, case=case)


def _failures(failed: dict[int, str], count: int) -> str:
    numbers = ", ".join(map(str, failed))
    first = next(iter(failed.values()))
    return f"{len(failed)} of {count} slices failed and are as they were ({numbers}): {first}"
