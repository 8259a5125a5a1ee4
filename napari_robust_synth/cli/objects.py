"""A counterfactual of every labelled object of a picture: each by itself, all results in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from napari_robust_synth.cli import report
from napari_robust_synth.cli.counterfactual import every_class, files_beside, search, warn_of
from napari_robust_synth.cli.run import check_out, find_label, lossy, own_parameters, parse_range
from napari_robust_synth.models import find_model
from napari_robust_synth.pictures import decode, encode, files
from napari_robust_synth.tasks.base import Task
from napari_robust_synth.tasks.recipes import OBJECTS, Recipes

if TYPE_CHECKING:
    from pathlib import Path

    from napari_robust_synth.cli.work import Order
    from napari_robust_synth.pictures.decode import Array
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.distances import Distance
    from napari_robust_synth.tasks.recipe import Recipe


@dataclass(frozen=True)
class Cases:
    """Numbered objects and their jobs, each made when its turn comes: all at once might fill the memory."""

    numbers: Sequence[int]
    job: Callable[[int], Job]

    def __iter__(self) -> Iterator[tuple[int, Job]]:
        return ((number, self.job(number)) for number in self.numbers)


def run_objects(kind: type[Task], values: Mapping[str, Any]) -> None:
    """Run with the values of the command's options."""
    if values["mask"]:
        raise ValueError("both --mask and --labels are given: --labels alone says which pixels of each object change")
    _, own = own_parameters(kind, values)
    task, value_range = kind.preset(values["preset"], **own), parse_range(values["value_range"])
    inputs = (values["image"], values["labels"])
    check_out(kind, values["out"], inputs)
    picture, labels = decode.read(values["image"]), decode.read(values["labels"]).pixels
    label = find_label(find_model(values["model"]).card.class_names, values["label"])

    from napari_robust_synth.cli.work import Order
    from napari_robust_synth.models import load_classifier
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.distances import object_numbers

    numbers = object_numbers(labels)
    classifier = load_classifier(values["model"], values["device"], precise=values["precise"])
    common: dict[str, Any] = {"image": picture.pixels, "label": label, "value_range": value_range}
    common |= {name: values[name] for name in ("size", "seed", "preset")}
    cases = Cases(numbers, lambda n: Job(task, classifier, mask=labels == n, **common))
    order = Order(
        out=values["out"],
        model=values["model"],
        picture=picture,
        inputs=inputs,
        notes=tuple(lossy(kind, values["out"], None)),
        as_json=values["as_json"],
        quiet=values["quiet"],
    )
    perform_objects(cases, order, values, task.steps * len(numbers))


def perform_objects(
    cases: Iterable[tuple[int, Job]], order: Order, values: Mapping[str, Any], steps: int | None = None
) -> None:
    """Run the jobs of numbered objects, write one picture with their recipes, and print the summary.

    The cases are gone through several times; ``steps`` is how many all of them take, where that is known.
    """
    from napari_robust_synth.cli.work import output_paths

    first = next(iter(cases))[1]
    (path,) = output_paths(first, order)
    for note in order.notes:
        report.note(note, order.quiet)
    total = sum(job.steps for _, job in cases) if steps is None else steps
    result, found, recipes = _changed(cases, total, path.parent, order)
    icc = order.picture.icc if order.picture else None
    data = encode.encode(path, result, icc, recipes)
    written, _ = decode.decode(data, str(path))
    together = [job.probability(written) for _, job in cases]
    warn_of(found, order.quiet)
    more = files_beside(values, first.picture.source, written, [*found, *every_class(cases, values)])
    files.write_all({path: data, files.recipe_path(path): recipes.to_bytes(), **more})
    summary = {
        "task": first.task.name,
        "model": order.model,
        "label": first.label,
        "objects": [{**asdict(d), "together": p} for d, p in zip(found, together, strict=True)],
        "outputs": [str(path)],
        "recipes": [str(files.recipe_path(path))],
    }
    report.show(summary, describe(summary), as_json=order.as_json, quiet=order.quiet)


def _changed(
    cases: Iterable[tuple[int, Job]], steps: int, folder: Path, order: Order
) -> tuple[Array, list[Distance], Recipes]:
    """Return the picture with every object changed, how far each was, and how to make it again."""
    from napari_robust_synth.cli.work import recipe_of
    from napari_robust_synth.tasks.distances import put_together

    found: list[Distance] = []
    numbered: list[tuple[int, Recipe]] = []

    def ended() -> Iterator[tuple[Job, Array]]:
        for job, distance, part in search(cases, steps, "objects", order.quiet):
            found.append(distance)
            numbered.append((distance.object, recipe_of(job, job.steps, folder, order)))
            yield job, part

    result = put_together(ended())
    return result, found, Recipes(tuple(numbered), OBJECTS)


def describe(summary: Mapping[str, Any]) -> str:
    """Say what was done, a line for each object."""
    lines = [
        f"object {o['object']}: {o['label']} {o['before']:.1%} -> {o['after']:.1%}, "
        f"distance {o['distance']:.2f}, {o['together']:.1%} with all objects changed"
        for o in summary["objects"]
    ]
    return "\n".join([*lines, f"wrote {summary['outputs'][0]}, with recipes"])
