"""The command `counterfactual`: beside the result, what was changed, and how far other classes are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from napari_robust_synth.cli.options import task_command
from napari_robust_synth.tasks.base import Task

if TYPE_CHECKING:
    from napari_robust_synth.pictures.decode import Array
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.distances import Distance

Difference = Annotated[
    Path | None, typer.Option("--difference", metavar="TIFF", help="Write result minus source there, signed and exact.")
]
Table = Annotated[
    Path | None, typer.Option("--table", metavar="CSV", help="Write the distance to every class there; takes longer.")
]
Top = Annotated[
    int, typer.Option("--top", min=1, max=1000, help="How many classes the table has, the likeliest first.")
]
Objects = Annotated[
    Path | None,
    typer.Option("--labels", metavar="PICTURE", help="A number for each object: each is changed by itself."),
]


def counterfactual_command(task: type[Task]) -> Callable[..., None]:
    """Make the command."""
    more = {"difference": (Difference, None), "table": (Table, None), "top": (Top, 20), "labels": (Objects, None)}
    return task_command(task, more, run)


def run(kind: type[Task], values: Mapping[str, Any]) -> None:
    """Run with the values of the command's options."""
    from napari_robust_synth.cli.objects import run_objects
    from napari_robust_synth.cli.run import run_task

    inputs = [path for name in ("image", "mask", "labels") if (path := values[name])]
    check_beside(values, inputs)
    if values["labels"]:
        run_objects(kind, values)
    else:
        run_task(kind, values, lambda job, result: beside(values, job, result))


def check_beside(values: Mapping[str, Any], inputs: list[Path]) -> None:
    """Refuse files that can't be written beside the result."""
    from napari_robust_synth.pictures import files

    taken = {values["out"].absolute()}
    for name, suffixes in (("difference", (".tif", ".tiff")), ("table", (".csv",))):
        path = values[name]
        if path is None:
            continue
        if path.suffix.lower() not in suffixes:
            raise ValueError(f"--{name} is {path}, expected a file name that ends in {suffixes[0]}")
        if path.absolute() in taken:
            raise ValueError(f"--{name} is {path}, which is also written to otherwise: choose another name")
        taken.add(path.absolute())
        files.check_file(path, inputs)


def beside(values: Mapping[str, Any], job: Job, result: Array) -> dict[Path, bytes]:
    """Return the difference and the table, as files."""
    from napari_robust_synth.tasks.distances import measure

    own = measure(job, result)
    warn_of([own], values["quiet"])
    found = [own, *every_class([(0, job)], values)]
    return files_beside(values, job.picture.source, result, found)


def search(
    cases: Iterable[tuple[int, Job]], steps: int, title: str, quiet: bool
) -> Iterator[tuple[Job, Distance, Array]]:
    """Search for the counterfactual of each numbered job, with a progress bar; yield what came of it.

    The jobs may be made on the way: ``steps`` is how many all of them take.
    """
    from napari_robust_synth.cli import report
    from napari_robust_synth.tasks.distances import measure

    with report.progress(title, steps, quiet) as advance:
        done = 0
        for number, job in cases:
            for state in job.states():
                advance(done + state.step, lambda job=job: str(job.label))
            done += job.steps
            result = job.result(state.x)
            yield job, measure(job, result, number), result


def every_class(cases: Iterable[tuple[int, Job]], values: Mapping[str, Any]) -> list[Distance]:
    """Search towards the other classes, the likeliest first; nothing without a table.

    The cases are gone through twice.
    """
    from napari_robust_synth.tasks.distances import likeliest_others, towards

    if not values.get("table"):
        return []
    others, steps = list[list[str]](), 0
    for _, job in cases:
        others.append(likeliest_others(job, values["top"]))
        steps += job.steps * len(others[-1])
    jobs = (
        (number, towards(job, name, job.picture.mask))
        for (number, job), names in zip(cases, others, strict=True)
        for name in names
    )
    return [found for _, found, _ in search(jobs, steps, "every class", values["quiet"])]


def files_beside(
    values: Mapping[str, Any], source: Array, result: Array, found: Sequence[Distance]
) -> dict[Path, bytes]:
    """Return the difference and the table that were asked for."""
    from napari_robust_synth.pictures import encode
    from napari_robust_synth.tasks.difference import difference
    from napari_robust_synth.tasks.distances import as_csv

    out: dict[Path, bytes] = {}
    if values.get("difference"):
        out[values["difference"]] = encode.encode(values["difference"], difference(source, result))
    if values.get("table"):
        out[values["table"]] = as_csv(found).encode()
    return out


def warn_of(found: Iterable[Distance], quiet: bool) -> None:
    """Say where the probability was not reached."""
    from napari_robust_synth.cli import report

    for d in found:
        if not d.reached:
            which = f"object {d.object}: " if d.object else ""
            report.note(
                f"warning: {which}{d.label} got to {d.after:.1%} only: try more --steps or a larger --eps", quiet
            )
