"""How good a network in training is on the validation pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from napari_robust_synth.evaluation.accuracy import accuracies, correct
from napari_robust_synth.models.classifier import Normalised
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import centred_batches
from napari_robust_synth.training.layout import Pictures

PGD_STEPS = 20
ATTACK = f"untargeted PGD, {PGD_STEPS} steps of 2.5 eps / {PGD_STEPS}, one random start, in float32"
L2_EPS = 3.0
LINF_EPS = 4 / 255
FEW = 200


def measure(module: nn.Module, val: Pictures, config: TrainingConfig, device: torch.device) -> Mapping[str, float]:
    """Measure clean accuracy and accuracy under PGD-20 at the radius of eps 3 (224 px), in percent.

    What was trained against Linf attacks is measured under one as well, eps 4/255.
    """
    radii = {"l2": L2_EPS * config.size / 224, "linf": LINF_EPS}
    names = {"l2": f"L2 eps {L2_EPS:g} at 224 px", "linf": "Linf eps 4/255"}
    chosen = _drawn(val, config, config.val_pictures)
    metrics = {}
    for norm in dict.fromkeys(("l2", config.norm)):
        network, batches = _network(module, config, device), _batches(chosen, config, device)
        clean, robust = accuracies(network, batches, eps=radii[norm], steps=PGD_STEPS, norm=norm)
        metrics["clean accuracy"] = _percent(clean)
        metrics[f"accuracy under PGD-{PGD_STEPS}, {names[norm]}"] = _percent(robust)
    return {**metrics, "validation pictures": len(chosen)}


def few_right(module: nn.Module, val: Pictures, config: TrainingConfig, device: torch.device) -> float:
    """Return the share of a few validation pictures, the same each time, that is named right."""
    network = _network(module, config, device)
    batches = _batches(_drawn(val, config, min(FEW, config.val_pictures)), config, device)
    return torch.cat([correct(network, x, y) for x, y in batches]).float().mean().item()


def _network(module: nn.Module, config: TrainingConfig, device: torch.device) -> Normalised:
    assert config.mean is not None and config.std is not None
    return Normalised(module, config.mean, config.std).to(device).eval()


def _drawn(val: Pictures, config: TrainingConfig, count: int) -> Pictures:
    order = torch.randperm(len(val), generator=torch.Generator().manual_seed(config.seed))
    return val.chosen(order[:count].tolist())


def _batches(val: Pictures, config: TrainingConfig, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
    for x, y in centred_batches(val, config.size, config.batch, config.workers):
        yield x.to(device, memory_format=torch.channels_last), y.to(device)


def _percent(right: Tensor) -> float:
    return round(100 * right.float().mean().item(), 2)
