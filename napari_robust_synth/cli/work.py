"""A job, run to files and a summary; the part of a command that needs torch."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from napari_robust_synth.cli import report
from napari_robust_synth.cli.run import Beside
from napari_robust_synth.core import State
from napari_robust_synth.models import is_name
from napari_robust_synth.pictures import decode, encode, files
from napari_robust_synth.pictures.origin import image_of, model_seen_from, relative
from napari_robust_synth.tasks import Job, Live, Recipe, Recipes, record
from napari_robust_synth.tasks.targets import read_targets, write_targets


@dataclass(frozen=True, kw_only=True)
class Order:
    """Where a run's result goes (and what goes along), where its model and picture came from, and what to print."""

    out: Path
    model: str
    picture: decode.Picture | None = None
    inputs: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    as_json: bool = False
    quiet: bool = False
    extras: Mapping[Path, bytes] = field(default_factory=dict)
    beside: Beside | None = None


@dataclass(frozen=True)
class Outcome:
    """The last state of a run, the mean loss of its first and last states, and how long it took."""

    state: State
    loss: list[float]
    seconds: float


def perform(job: Job | Live, order: Order, states: Iterable[State] | None = None, last_step: int | None = None) -> None:
    """Run a job, write its pictures with their recipes, and print the summary."""
    paths = output_paths(job, order)
    for note in order.notes:
        report.note(note, order.quiet)
    last_step = job.steps if last_step is None else last_step
    outcome = consume(job, job.states() if states is None else states, last_step, order.quiet)
    if not np.isfinite(outcome.loss).all():
        raise ValueError(f"the loss is {outcome.loss[1]:g}, expected a number: model {order.model} is damaged")
    result = job.result(outcome.state.x)
    before = job.probability()
    icc = order.picture.icc if order.picture and "image" in job.task.needs else None
    pictures = [result] if "image" in job.task.needs else list(result)
    recipes = Recipes(((0, recipe_of(job, outcome.state.step, paths[0].parent, order)),))
    data = {path: encode.encode(path, pixels, icc, recipes) for path, pixels in zip(paths, pictures, strict=True)}
    written = [decode.decode(content, str(path))[0] for path, content in data.items()]
    after = job.probability(written[0] if "image" in job.task.needs else np.stack(written))
    beside = {files.recipe_path(path): recipes.to_bytes() for path in paths}
    more = order.beside(job, written[0]) if order.beside and isinstance(job, Job) else {}
    files.write_all({**data, **beside, **order.extras, **more})
    summary = {
        "task": job.task.name,
        "preset": job.preset,
        "model": order.model,
        "device": job.classifier.device.type,
        "size": job.size,
        "seed": job.seed,
        "steps": outcome.state.step,
        "seconds": round(outcome.seconds, 3),
        "loss": outcome.loss,
        "label": job.label,
        "features": list(job.features),
        "palette": None if job.palette is None else write_targets(job.palette),
        "probability": None if before is None else [before, after],
        "l2": torch.linalg.vector_norm((outcome.state.x - job.start).flatten(1), dim=1).tolist(),
        "outputs": [str(path) for path in paths],
        "recipes": [str(path) for path in beside],
    }
    report.show(summary, describe(summary), as_json=order.as_json, quiet=order.quiet)


def output_paths(job: Job | Live, order: Order) -> list[Path]:
    """Return the files to write: the one asked for, or numbered ones named after the class.

    Raises
    ------
    ValueError
        When the format can't hold the result, or a file is also an input.
    """
    if "image" in job.task.needs:
        paths = [order.out]
        picture = job.picture
        shape = (*(picture.canvas if picture.enlarged else picture.source).shape[:2], *picture.source.shape[2:])
        encode.check_format(order.out, picture.source.dtype, shape)
    else:
        name = "-".join("".join(c if c.isalnum() else " " for c in (job.label or job.task.name).lower()).split())
        paths = [order.out / f"{name}-{i:03}.png" for i in range(len(job.start))]
    files.check_not_inputs(paths, order.inputs)
    return paths


def consume(job: Job | Live, states: Iterable[State], last_step: int, quiet: bool) -> Outcome:
    """Run to the last state, with a progress bar. Pictures run in batches, one after the other."""
    losses: list[list[Tensor]] = []
    whole, before = last_step == job.steps, float("inf")
    began = time.perf_counter()
    with report.progress(job.task.name, last_step, quiet) as advance:
        for state in states:
            if state.step <= before:  # another batch, or all of them again, since they were too large
                del losses[state.step // job.task.steps :]
                losses.append([state.loss, state.loss])
            losses[-1][1], before = state.loss, state.step
            advance(state.step, partial(_loss, state.loss), job.steps if whole else last_step)
    loss = [float(torch.cat(part).mean()) for part in zip(*losses, strict=True)]
    return Outcome(state, loss, time.perf_counter() - began)


def recipe_of(job: Job | Live, last_step: int, folder: Path, order: Order) -> Recipe:
    """Return the recipe; its paths are relative to the folder it will lie in."""
    picture = order.picture
    image = None if picture is None else image_of(picture) | {"path": relative(picture.path, folder)}
    recipe = record(job, last_step, image)
    return recipe if is_name(order.model) else replace(recipe, model=model_seen_from(Path(order.model), folder))


def describe(summary: dict[str, Any]) -> str:
    """Say what was done, in two lines for people."""
    regions = [target.name for target in read_targets(summary["palette"]).values()] if summary["palette"] else []
    what = summary["label"] or ", ".join(regions) or "features " + ", ".join(map(str, summary["features"]))
    if summary["probability"]:
        what += " {:.1%} -> {:.1%}".format(*summary["probability"])
    first, last = summary["loss"]
    pace = f"{summary['steps']} steps in {summary['seconds']:.1f} s on {summary['device']}"
    outputs = summary["outputs"]
    wrote = outputs[0] if len(outputs) == 1 else f"{len(outputs)} pictures, {outputs[0]} to {Path(outputs[-1]).name}"
    return f"{summary['task']}: {what}, loss {first:.3g} -> {last:.3g}, {pace}\nwrote {wrote}, with recipe"


def _loss(loss: Tensor) -> str:
    return f"loss {float(loss.mean()):.3g}"
