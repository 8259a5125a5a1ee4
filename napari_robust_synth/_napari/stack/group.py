"""Some slices of an axis that run together; each gets what it would alone."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.running.runner import Frame, Refused, job_frames
from napari_robust_synth._napari.stack.control import StackControl
from napari_robust_synth._napari.stack.stack import part_of
from napari_robust_synth._napari.window.worker_errors import RunError, explained
from napari_robust_synth.tasks.memory import ran_out

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth._napari.stack.stack import Stack
    from napari_robust_synth.tasks import Job, Recipe
    from napari_robust_synth.tasks.together import Together


@dataclass(frozen=True)
class Slice:
    """A slice to run on: which of the axis, and which of how many that are marked."""

    number: int
    case: Request
    place: int
    count: int


Group = list[tuple[Slice, "Job"]]


@dataclass(frozen=True)
class SliceFrame(Frame):
    """A frame of one slice; ``case`` says where that is."""

    case: Request


def run_group(
    stack: Stack, group: Group, after: Array, control: StackControl, failed: dict[int, str]
) -> Generator[Frame | Refused | None, None, list[tuple[int, Recipe]]]:
    """Run on some slices together, or, where memory runs out, on halves of them; what fails is noted."""
    too_many = False
    try:
        with explained():
            try:
                return (yield from _together(stack, group, after, control))
            except (MemoryError, RuntimeError) as error:
                too_many = len(group) > 1 and ran_out(error)
                if not too_many:
                    raise
    except (ValueError, RunError) as error:
        failed.update((one.number, str(error)) for one, _ in group)
        return []
    half = len(group) // 2
    done: list[tuple[int, Recipe]] = []
    for part in (group[:half], group[half:]):
        done += yield from run_group(stack, part, after, control, failed)
    return done


def _together(
    stack: Stack, group: Group, after: Array, control: StackControl
) -> Generator[Frame | Refused | None, None, list[tuple[int, Recipe]]]:
    """Run on some slices and put what came of them into the canvas; nothing when it was stopped on the way."""
    from napari_robust_synth.tasks.together import Together

    jobs = [job for _, job in group]

    def finish(run: Job | Together, state: core.State) -> list[tuple[int, Recipe]]:
        if state.step < run.steps:
            return []
        results = run.results(state.x) if isinstance(run, Together) else [run.result(state.x)]
        for (one, _), result in zip(group, results, strict=True):
            after[one.number][_where(stack, one.case)] = result
        return [(one.number, one.case.recipe(job, state.step)) for one, job in group]

    run = jobs[0] if len(jobs) == 1 else Together(jobs)
    control.begin(jobs[0].palette or ())  # what was set before holds for these slices, too
    frames = job_frames(run, finish, control)
    try:
        while True:
            shown = next(frames)
            if isinstance(shown, Refused):
                control.refuse(run)
            yield _placed(shown, group) if isinstance(shown, Frame) else shown
    except StopIteration as end:
        return end.value or []


def _placed(shown: Frame, group: Group) -> SliceFrame:
    (first, _), n = group[0], len(group)
    known = {field.name: getattr(shown, field.name) for field in fields(Frame)}
    known |= {"step": first.place * shown.steps + n * shown.step, "steps": first.count * shown.steps}
    words = f"slice {first.number} ({first.place + 1} of {first.count})"
    if n > 1:
        words = f"slices {first.number} to {group[-1][0].number} ({first.place + n} of {first.count})"
    known["score"] = f"{words} · {shown.score}" if shown.score else words
    return SliceFrame(**known, case=first.case)


def _where(stack: Stack, case: Request) -> tuple[slice, slice]:
    """Return where in a slice of the canvas the result of a case belongs."""
    factor, (top, left) = getattr(stack.task, "factor", 1), stack._part[0][:2]
    rows, columns = part_of(case).moved(-top, -left).slices
    return slice(factor * rows.start, factor * rows.stop), slice(factor * columns.start, factor * columns.stop)
