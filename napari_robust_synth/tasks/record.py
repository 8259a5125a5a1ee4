"""Recipes of jobs, and jobs from recipes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from importlib.metadata import version
from typing import Any

import torch

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.base import TASKS, Task
from napari_robust_synth.tasks.course import Aim
from napari_robust_synth.tasks.job import Job
from napari_robust_synth.tasks.live import Live
from napari_robust_synth.tasks.packing import pack_labels, pack_mask, unpack_labels, unpack_mask
from napari_robust_synth.tasks.palette import Palette
from napari_robust_synth.tasks.recipe import Recipe
from napari_robust_synth.tasks.targets import read_targets, write_targets

PACKAGES = ("napari-robust-synth", "torch", "torchvision", "numpy")


def record(job: Job | Live, last_step: int, image: Mapping[str, Any] | None) -> Recipe:
    """Write down a run that ended at ``last_step``; ``image`` says which picture it was."""
    mask = None if job.picture.mask is None else pack_mask(job.picture.mask)
    aim = job.begun.aim if isinstance(job, Job) else Aim()
    return Recipe(
        task=job.task.name,
        preset=job.preset,
        parameters=job.task.to_dict(),
        image=image,
        mask=mask if job.labels is None else pack_labels(job.labels),
        palette=None if job.palette is None else write_targets(job.palette),
        live=job.live,
        label=aim.label,
        features=list(aim.features),
        model=job.classifier.name,
        model_sha256=job.classifier.sha256,
        seed=job.seed,
        size=job.size,
        crop=astuple(job.picture.crop),
        value_range=job.picture.value_range,
        device=job.classifier.device.type,
        precision=job.classifier.precision,
        batch=job.batch,
        threads=torch.get_num_threads(),
        versions={name: version(name) for name in PACKAGES},
        changes=list(job.changes),
        last_step=last_step,
    )


def restore(recipe: Recipe, classifier: Classifier, image: core.Array | None) -> Job | Live:
    """Make the job of a recipe again, on the same path and number of threads, and in the same batches.

    On a machine that has not that path, it runs in plain float32.

    Raises
    ------
    ValueError
        When the classifier is another one, or the recipe does not make sense.
    """
    if classifier.sha256 != recipe.model_sha256:
        raise ValueError(
            f"the weights of model {recipe.model!r} have the hash {classifier.sha256[:12]}, "
            f"but the recipe was made with {recipe.model_sha256[:12]}: give the right one with --model"
        )
    if recipe.task not in TASKS:
        raise ValueError(f"the recipe's task {recipe.task!r} is unknown: expected {', '.join(TASKS)}")
    try:
        task = TASKS[recipe.task](**recipe.parameters)
    except TypeError as error:
        raise ValueError(f"the recipe's parameters do not fit {recipe.task} ({error})") from None
    palette = None if recipe.palette is None else read_targets(recipe.palette)
    unpack = unpack_mask if palette is None else unpack_labels
    classifier = classifier.on(recipe.precision)
    torch.set_num_threads(recipe.threads)
    if recipe.live:
        return _restore_live(recipe, task, classifier, image)
    job = Job(
        task,
        classifier,
        image=image,
        mask=None if recipe.mask is None else unpack(recipe.mask),
        palette=palette,
        label=recipe.label,
        features=recipe.features,
        size=recipe.size,
        seed=recipe.seed,
        value_range=recipe.value_range,
        preset=recipe.preset,
        batch=recipe.batch,
    )
    if recipe.last_step > job.steps:
        raise ValueError(f"last_step is {recipe.last_step}, but the recipe's run has {job.steps} steps")
    return job


def _restore_live(recipe: Recipe, task: Task, classifier: Classifier, image: core.Array | None) -> Live:
    if not isinstance(task, Palette) or image is None or recipe.palette is None or recipe.last_step < 1:
        raise ValueError("the recipe of a live painting is damaged: expected a palette, an image, and steps")
    return Live(
        task,
        classifier,
        image=image,
        palette=read_targets(recipe.palette),
        size=recipe.size,
        seed=recipe.seed,
        value_range=recipe.value_range,
        preset=recipe.preset,
    )
