"""From a folder of pictures to a model folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn

from napari_robust_synth.core import SeedStatistics
from napari_robust_synth.models.cards import CHECKPOINT, ModelCard
from napari_robust_synth.models.checkpoints import build, load_model, save_model
from napari_robust_synth.training import checkpoint, layout
from napari_robust_synth.training.config import TrainingConfig, parse_config
from napari_robust_synth.training.data import Augmented, Order, training_batches
from napari_robust_synth.training.initial import begin, completed
from napari_robust_synth.training.layout import Pictures
from napari_robust_synth.training.lock import claimed
from napari_robust_synth.training.loop import Progress, Trainer
from napari_robust_synth.training.measure import few_right, measure
from napari_robust_synth.training.outcome import Outcome
from napari_robust_synth.training.survey import Note, look_through
from napari_robust_synth.training.team import ALONE, Team


def run(
    data: Path,
    out: Path,
    config: TrainingConfig,
    *,
    device: torch.device,
    report: Callable[[Progress], None],
    note: Note,
    resume: bool = False,
    team: Team = ALONE,
) -> Mapping[str, float]:
    """Train on ``data`` and write the model folder ``out``; it is a usable model after every epoch.

    Parameters
    ----------
    data : Path
        A tree of pictures, see `layout.find`.
    out : Path
        Model folder to write.
    config : TrainingConfig
        How to train; to resume, what `resumed_config` returns.
    device : torch.device
        Where to train.
    report, note : callable
        Receive the progress after each step, and lines about the data.
    resume : bool
        Whether to go on from the checkpoint in ``out``.
    team : Team
        The processes that train together; the first one writes and reports.

    Returns
    -------
    mapping of str to float
        Accuracies in percent on the validation pictures; empty when there are none.

    Raises
    ------
    ValueError
        Before anything is written, when the pictures or the config do not fit, or another training writes ``out``.
    """
    with claimed(out) if team.leads else nullcontext():
        config = completed(config)
        train, val = layout.find(data, config)
        state = checkpoint.load(out) if resume else None
        module = begin(config, len(train.classes)) if state is None else build(config.arch, len(train.classes))
        card = _card(config, train.classes)
        order = Order(len(train), config.batch, config.epochs, config.seed, team=team)
        _check_works(module, card)
        train, val, statistics = _surveyed(train, val, config, note, team)
        order = replace(order, pictures=len(train))
        trainer = Trainer(module, config, order.steps_per_epoch, device, team)
        outcome = Outcome(out, card, statistics, config, train.fingerprint())
        if state is not None:
            outcome.restore(trainer, state)
        elif team.leads:
            outcome.checkpoint(trainer)
        pictures = Augmented(train, config.size, config.crop, config.seed, config.turn, config.jitter)
        for progress in trainer.run(training_batches(pictures, replace(order, first=trainer.step), config.workers)):
            if team.leads:
                report(_kept(progress, trainer, outcome, val))
        if not team.leads:
            return {}
        metrics = measure(trainer.result, val, config, device) if val else {}
        outcome.finish(trainer, metrics)
        return metrics


def resumed_config(out: Path) -> TrainingConfig:
    """Return the config that the unfinished training in ``out`` began with.

    Raises
    ------
    ValueError
        When there is no such training, or its checkpoint is damaged.
    """
    return parse_config(str(checkpoint.load(out).get("config")), str(out / CHECKPOINT))


def _kept(progress: Progress, trainer: Trainer, outcome: Outcome, val: Pictures | None) -> Progress:
    """Save what is due after a step; return the progress with what was measured."""
    if trainer.step % trainer.steps_per_epoch == 0:
        clean = few_right(trainer.result, val, trainer.config, trainer.device) if val else None
        trainer.clean.append(math.nan if clean is None else clean)
        progress = replace(progress, clean=clean)
        outcome.save(trainer)
    if trainer.step % trainer.config.checkpoint_every == 0 or trainer.step == trainer.steps:
        outcome.checkpoint(trainer)
    return progress


def _surveyed(
    train: Pictures, val: Pictures | None, config: TrainingConfig, note: Note, team: Team
) -> tuple[Pictures, Pictures | None, SeedStatistics | None]:
    """Leave out what cannot be read; fit the seed statistics, in the process that leads."""
    readable: list[list[int]] = [[], []]
    statistics = None
    if team.leads:
        survey = look_through(train, config, "train", note)
        statistics = survey.seeds(train.classes, config, note)
        readable = [survey.readable, look_through(val, config, "validate", note).readable if val else []]
    readable = team.told(readable)
    return train.chosen(readable[0]), val.chosen(readable[1]) if val and readable[1] else None, statistics


def _card(config: TrainingConfig, names: tuple[str, ...]) -> ModelCard:
    assert config.mean is not None and config.std is not None
    return ModelCard(
        arch=config.arch,
        size=config.size,
        mean=config.mean,
        std=config.std,
        class_names=names,
        norm=config.norm,
        eps=config.eps,
        data=config.data,
        terms=config.terms,
        origin=config.origin,
        limits=config.limits,
        config=config.settings(),
    )


def _check_works(module: nn.Module, card: ModelCard) -> None:
    """Fail now and not after hours, when the network is none that can be trained here, or that the tasks can use."""
    two = torch.zeros((2, 3, card.size, card.size))
    with TemporaryDirectory() as folder, torch.random.fork_rng(devices=[]):  # for dropout draws from it
        save_model(Path(folder), module, card)
        try:
            load_model(Path(folder)).probabilities(two[:1])
            learns = isinstance(deepcopy(module).train()(two), torch.Tensor)
        except (RuntimeError, AssertionError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ValueError(
                f"{card.arch} does not work at {card.size} px ({reason}): choose another arch or a larger size"
            ) from None
    if not learns:
        raise ValueError(f"{card.arch} has more outputs in training than its logits: choose another arch")
