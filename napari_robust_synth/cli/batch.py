"""A recipe, applied to any number of pictures by several processes, or machines."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth.cli import report
from napari_robust_synth.cli.cluster import check_installed, default_workers, local, running
from napari_robust_synth.cli.run import parse_range
from napari_robust_synth.models import find_model
from napari_robust_synth.pictures import files
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.folders import Done, Goals, pictures_in, taken
from napari_robust_synth.pictures.origin import anchored, find_recipe_model
from napari_robust_synth.pictures.spreading import replay_on
from napari_robust_synth.tasks.recipes import Recipes

if TYPE_CHECKING:
    from distributed import Client

    from napari_robust_synth.core import Range

FAILED = 1


@dataclass(frozen=True)
class Asked:
    """What the command was asked for."""

    recipe: Path
    images: Sequence[Path]
    out: Path
    scheduler: str | None
    workers: int | None
    threads: int | None
    model: str | None
    device: str | None
    resume: bool
    value_range: str | None = None


def batch(asked: Asked, *, as_json: bool, quiet: bool) -> int:
    """Apply a recipe to pictures, list those that failed, and return the exit code."""
    check_installed()
    recipes, chosen, began = _recipes(asked), _chosen_range(asked.value_range), time.perf_counter()
    pictures = [one for path in asked.images for one in (pictures_in(path) if path.is_dir() else [path])]
    _check_targets(recipes, pictures, asked.out, asked.resume)
    cluster = _cluster(asked, recipes, len(pictures))
    files.check_folder(asked.out, make=True)
    asked.out.mkdir(exist_ok=True)
    with cluster as client:
        outcomes = _consume(client, recipes, pictures, asked, chosen, quiet)
        workers = len(client.nthreads())
    failed = [done for done in outcomes if done.result is None]
    for done in failed:
        print(f"error: {_named(done)}", file=sys.stderr)
    summary: dict[str, Any] = {
        "task": recipes.first.task,
        "kind": recipes.kind,
        "pictures": len(pictures),
        "done": len(pictures) - len(failed),
        "kept": sum(done.kept for done in outcomes),
        "failed": [{"image": str(done.path), "reason": done.reason} for done in failed],
        "workers": workers,
        "threads": recipes.first.threads,
        "seconds": round(time.perf_counter() - began, 3),
        "outputs": [str(done.result) for done in outcomes if done.result],
    }
    report.show(summary, _describe(summary, asked.out), as_json=as_json, quiet=quiet)
    return FAILED if failed else 0


def _recipes(asked: Asked) -> Recipes:
    """Read the recipes, with what was asked instead of theirs, and with paths that hold anywhere."""
    folder, model = asked.recipe.parent, asked.model and find_recipe_model(asked.model, Path())
    recipes = read_recipes(asked.recipe).each(lambda recipe: anchored(recipe, folder))
    first = recipes.first
    if first.image is None:
        raise ValueError(
            f"the recipe of {first.task} starts from no picture: make it again with `napari-robust-synth replay`"
        )
    return recipes.each(
        lambda recipe: replace(
            recipe,
            model=model or recipe.model,
            device=asked.device or recipe.device,
            threads=asked.threads or recipe.threads,
        )
    )


def _chosen_range(text: str | None) -> Range | None:
    chosen = parse_range(text)
    if chosen is not None:
        from napari_robust_synth import core

        core.dtype_range(np.zeros((1, 1)), chosen)  # refused once, not for every picture
    return chosen


def _cluster(asked: Asked, recipes: Recipes, pictures: int) -> AbstractContextManager[Client]:
    """Return the cluster that was asked for, not started yet."""
    first = recipes.first
    if asked.scheduler is None:
        for name in dict.fromkeys(recipe.model for _, recipe in recipes.numbered):
            find_model(name)
        return local(asked.workers or default_workers(first.device, first.threads, pictures), first.threads)
    if asked.workers:
        raise ValueError(f"--workers is for this machine: the scheduler at {asked.scheduler} has its own; leave it out")
    return running(asked.scheduler)


def _check_targets(recipes: Recipes, pictures: Sequence[Path], out: Path, resume: bool) -> None:
    """Refuse results that would lie among the pictures, upon each other, or upon what is there."""
    goals, there = Goals(out, recipes.kind), list[Path]()
    for path in pictures:
        if path.parent.resolve() == out.resolve():
            raise ValueError(f"{out} holds the picture {path}: choose another folder for the results")
        goal = goals.of(path)
        there += [goal] if taken(goal) else []
    if there and not resume:
        raise ValueError(
            f"{out} holds {len(there)} of the results already, {there[0].name} first: "
            "go on with --resume, or choose another folder"
        )


def _consume(
    client: Client, recipes: Recipes, pictures: Sequence[Path], asked: Asked, chosen: Range | None, quiet: bool
) -> list[Done]:
    if not client.nthreads():
        report.note(f"note: {asked.scheduler} has no worker yet: start one with `dask worker {asked.scheduler}`", quiet)
    found: dict[int, Done] = {}
    try:
        with report.progress(recipes.first.task, len(pictures), quiet) as advance:
            for place, done in replay_on(client, recipes, pictures, asked.out, chosen):
                found[place] = replace(done, result=done.result and asked.out / done.result.name)
                advance(len(found), lambda name=done.path.name: name)
                if done.note:
                    report.note(f"note: {done.path}: {done.note}", quiet)
    except ConnectionError as error:
        raise ValueError(
            f"{error} after {len(found)} of {len(pictures)} pictures: when it runs again, go on with --resume"
        ) from None
    return [found[place] for place in sorted(found)]


def _named(done: Done) -> str:
    return done.reason if str(done.path) in done.reason else f"{done.path}: {done.reason}"


def _describe(summary: dict[str, Any], out: Path) -> str:
    kept = f", {summary['kept']} of them before" if summary["kept"] else ""
    workers = f"{summary['workers']} worker" + ("s" if summary["workers"] != 1 else "")
    return (
        f"{summary['task']}: {summary['done']} of {summary['pictures']} pictures done{kept}, "
        f"in {summary['seconds']:.1f} s by {workers}\nwrote {out}, with recipes"
    )
