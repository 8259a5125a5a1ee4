"""The training loop: attack with `core.pgd`, then one step of SGD on what the attack found."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from napari_robust_synth.evaluation.accuracy import attack
from napari_robust_synth.models.classifier import Normalised
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import Batches


@dataclass(frozen=True)
class Progress:
    """After one step: how far, the loss and accuracy under the training attack on this batch."""

    step: int
    steps: int
    epoch: int
    loss: float
    robust: float


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Hold batch norm in eval mode: an attack in train mode would spoil its statistics silently."""
    module.eval()
    try:
        yield
    finally:
        module.train()


def schedule(progress: float, warmup: float) -> float:
    """Linear warm-up, then a cosine to 0; ``progress`` is the share of the run done."""
    if progress < warmup:
        return progress / warmup
    return 0.5 * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup)))


def optimizer(module: nn.Module, config: TrainingConfig) -> torch.optim.SGD:
    """SGD with Nesterov momentum, and a faster rate for the new head."""
    head = [p for name, p in module.named_parameters() if name.startswith("fc.")]
    trunk = [p for name, p in module.named_parameters() if not name.startswith("fc.")]
    groups = [{"params": trunk, "scale": 1.0}, {"params": head, "scale": config.head_lr}]
    return torch.optim.SGD(groups, config.lr, momentum=config.momentum, nesterov=True, weight_decay=config.weight_decay)


def train(module: nn.Module, batches: Batches, config: TrainingConfig, device: torch.device) -> Iterator[Progress]:
    """Train ``module`` in place, yielding after each step.

    Parameters
    ----------
    module : nn.Module
        A network of unnormalised logits, its last layer named ``fc``.
    batches : DataLoader
        Pictures (N, 3, S, S) in [0, 1] with labels (N,).
    config : TrainingConfig
        How.
    device : torch.device
        Where.
    """
    module.to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    network = Normalised(module, config.mean, config.std).to(device)
    sgd = optimizer(module, config)
    generator = torch.Generator(device).manual_seed(config.seed)
    steps = config.epochs * len(batches)

    def forward(x: Tensor) -> Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            logits: Tensor = network(x).float()
            return logits

    step = 0
    for epoch in range(config.epochs):
        for pictures, labels in batches:
            x = pictures.to(device, memory_format=torch.channels_last, non_blocking=True)
            y = labels.to(device, non_blocking=True)
            for group in sgd.param_groups:
                group["lr"] = config.lr * group["scale"] * schedule((step + 1) / steps, config.warmup)
            if config.eps > 0:
                eps = config.radius * min(1.0, (step + 1) / (config.eps_ramp * steps + 1e-9))
                with evaluating(network):
                    x = attack(
                        forward,
                        x,
                        y,
                        eps=eps,
                        steps=config.attack_steps,
                        step_size=config.attack_step * eps,
                        norm=config.norm,
                        generator=generator,
                    )
            logits = forward(x)
            loss = F.cross_entropy(logits, y)
            sgd.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            sgd.step()
            step += 1
            robust = (logits.detach().argmax(1) == y).float().mean()
            yield Progress(step, steps, epoch, loss.item(), robust.item())
    module.eval()
