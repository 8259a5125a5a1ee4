"""From a folder of pictures to a model folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import Subset

from napari_robust_synth.core import seeds
from napari_robust_synth.evaluation.accuracy import accuracies
from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.models.checkpoints import build, load_features, save_model
from napari_robust_synth.models.classifier import Normalised
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import centre_transform, folder, loader, training_transform
from napari_robust_synth.training.loop import Progress, train

PGD_STEPS = 20
ATTACK = f"untargeted PGD, {PGD_STEPS} steps of 2.5 eps / {PGD_STEPS}, L2 eps 3 at 224 px, one random start, in float32"


def run(
    data: Path,
    out: Path,
    config: TrainingConfig,
    *,
    init: Path | None = None,
    device: torch.device,
    report: Callable[[Progress], None],
) -> Mapping[str, float]:
    """Train on ``data`` and write the model folder ``out``; it is a usable model after every epoch.

    Parameters
    ----------
    data : Path
        ``data/train/CLASS/picture`` and ``data/val/CLASS/picture``, or ``data/CLASS/picture``.
    out : Path
        Model folder to write.
    config : TrainingConfig
        How to train.
    init : Path, optional
        Safetensors file of features to start from; else from random weights.
    device : torch.device
        Where to train.
    report : callable
        Receives the progress after each step.

    Returns
    -------
    mapping of str to float
        Accuracies in percent on the validation pictures; empty when there are none.
    """
    torch.manual_seed(config.seed)
    pictures = folder(data, "train", training_transform(config.size, config.crop))
    names = tuple(config.classes.get(name, name) for name in pictures.classes)
    module = build(config.arch, len(names))
    if init is not None:
        load_features(init, module)
    plain = folder(data, "train", centre_transform(config.size))
    statistics = seeds.fit(
        loader(plain, config.batch, shuffle=False, workers=config.workers), len(names), config.seed_rank
    )
    card = ModelCard(
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
    batches = loader(pictures, config.batch, shuffle=True, workers=config.workers, seed=config.seed)
    for progress in train(module, batches, config, device):
        report(progress)
        if progress.step % len(batches) == 0:
            save_model(out, module, card, statistics)
    metrics = measure(module.eval(), data, config, device) if (data / "val").is_dir() else {}
    save_model(out, module, card.with_metrics(metrics, ATTACK if metrics else ""), statistics)
    return metrics


def measure(module: nn.Module, data: Path, config: TrainingConfig, device: torch.device) -> Mapping[str, float]:
    """Measure clean accuracy and accuracy under PGD-20 at the radius of eps 3 (224 px), in percent."""
    val = folder(data, "val", centre_transform(config.size))
    draw = torch.randperm(len(val), generator=torch.Generator().manual_seed(config.seed))[: config.val_pictures]
    network = Normalised(module, config.mean, config.std).to(device).eval()
    batches = loader(Subset(val, draw.tolist()), config.batch, shuffle=False, workers=config.workers)
    placed = ((x.to(device, memory_format=torch.channels_last), y.to(device)) for x, y in batches)
    clean, robust = accuracies(network, placed, eps=3 * config.size / 224, steps=PGD_STEPS)
    return {
        "clean accuracy": round(100 * clean.float().mean().item(), 2),
        f"accuracy under PGD-{PGD_STEPS}, L2 eps 3 at 224 px": round(100 * robust.float().mean().item(), 2),
        "validation pictures": len(draw),
    }
