"""The training loop: attack with `core.pgd`, then one step of SGD on what the attack found."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from napari_robust_synth.evaluation.accuracy import attack
from napari_robust_synth.models.classifier import Normalised
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import Batches, seeds_of
from napari_robust_synth.training.initial import head_of
from napari_robust_synth.training.team import ALONE, Team

GAIN = 0.1
"""By how much a step changes log eps, for each unit of accuracy above or below the one that is wanted."""


@dataclass(frozen=True)
class Progress:
    """After one step: how far, the loss and accuracy under the training attack on this batch."""

    step: int
    steps: int
    epoch: int
    loss: float
    robust: float
    clean: float | None = None
    """Share of a few validation pictures named right; measured at the end of an epoch."""


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Hold batch norm in eval mode: an attack in train mode would spoil its statistics silently."""
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes.items():
            part.training = mode


def schedule(progress: float, warmup: float) -> float:
    """Linear warm-up, then a cosine to 0; ``progress`` is the share of the run done."""
    if progress < warmup:
        return progress / warmup
    return 0.5 * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup)))


def optimizer(module: nn.Module, config: TrainingConfig) -> torch.optim.SGD:
    """SGD with Nesterov momentum, and a faster rate for the new head."""
    head = head_of(module)
    new = [p for name, p in module.named_parameters() if name.startswith(f"{head}.")]
    trunk = [p for name, p in module.named_parameters() if not name.startswith(f"{head}.")]
    groups = [{"params": trunk, "scale": 1.0}, {"params": new, "scale": config.head_lr}]
    return torch.optim.SGD(groups, config.lr, momentum=config.momentum, nesterov=True, weight_decay=config.weight_decay)


class Trainer:
    """A network in training: its optimiser, its average, and the curves so far.

    Parameters
    ----------
    module : nn.Module
        A network of unnormalised logits; trained in place.
    config : TrainingConfig
        How, with mean and std.
    steps_per_epoch : int
        How many steps an epoch has.
    device : torch.device
        Where.
    team : Team
        The processes that train it together.
    """

    def __init__(
        self, module: nn.Module, config: TrainingConfig, steps_per_epoch: int, device: torch.device, team: Team = ALONE
    ) -> None:
        if config.mean is None or config.std is None:
            raise ValueError("the config has no mean and std: complete it with training.initial.completed")
        self.config, self.device, self.team = config, device, team
        self.steps_per_epoch, self.steps = steps_per_epoch, config.epochs * steps_per_epoch
        self.module = module.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = Normalised(self.module, config.mean, config.std).to(device)
        self._learner = self.network if team.size == 1 else DistributedDataParallel(self.network)
        self._sgd = optimizer(self.module, config)
        average = get_ema_multi_avg_fn(config.ema)  # type: ignore[no-untyped-call]
        self._ema = AveragedModel(self.module, multi_avg_fn=average, use_buffers=True) if config.ema else None
        self.eps = config.eps
        self.losses: list[float] = []
        self.robust: list[float] = []
        self.clean: list[float] = []

    @property
    def step(self) -> int:
        """How many steps are done."""
        return len(self.losses)

    @property
    def result(self) -> nn.Module:
        """The network as it would be kept now: the averaged one, where there is one."""
        return self.module if self._ema is None else self._ema.module

    def state(self) -> dict[str, Any]:
        """Return all that decides how training goes on, as tensors and plain containers."""
        ema = None if self._ema is None else self._ema.state_dict()
        curves = {"losses": self.losses, "robust": self.robust, "clean": self.clean}
        learned = {"module": self.module.state_dict(), "ema": ema, "sgd": self._sgd.state_dict(), "eps": self.eps}
        return {**learned, **curves}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        self.module.load_state_dict(state["module"])
        self._sgd.load_state_dict(state["sgd"])
        if self._ema is not None:
            self._ema.load_state_dict(state["ema"])
        self.eps = state["eps"]
        self.losses, self.robust, self.clean = (list(state[name]) for name in ("losses", "robust", "clean"))

    def run(self, batches: Batches) -> Iterator[Progress]:
        """Learn from each batch, yielding after each step.

        Raises
        ------
        ValueError
            When the loss is no number any more.
        """
        for pictures, labels, seeds in batches:
            x = pictures.to(self.device, memory_format=torch.channels_last, non_blocking=True)
            loss, robust = self._learn(x, labels.to(self.device, non_blocking=True), seeds.tolist())
            if not math.isfinite(loss):
                raise ValueError(
                    f"the loss is {loss} at step {self.step + 1}: choose a lower lr, or check mean and std"
                )
            self.losses.append(loss)
            self.robust.append(robust)
            yield Progress(self.step, self.steps, (self.step - 1) // self.steps_per_epoch, loss, robust)
        self.module.eval()

    def _learn(self, x: Tensor, y: Tensor, seeds: list[int]) -> tuple[float, float]:
        """Attack pictures (N, 3, S, S), then step; return the loss and the share that is right."""
        config = self.config
        torch.manual_seed(seeds_of(config.seed, self.step, self.team.rank)[0])  # what dropout draws
        self._set_mode()
        for group in self._sgd.param_groups:
            group["lr"] = config.lr * group["scale"] * schedule((self.step + 1) / self.steps, config.warmup)
        ramp = min(1.0, (self.step + 1) / (config.eps_ramp * self.steps + 1e-9))
        if self.eps > 0:
            eps = config.radius(self.eps) * ramp
            with evaluating(self.network):
                x = attack(
                    lambda pixels: self._logits(self.network, pixels),
                    x,
                    y,
                    eps=eps,
                    steps=config.attack_steps,
                    step_size=config.attack_step * eps,
                    norm=config.norm,
                    seeds=seeds,
                )
        logits = self._logits(self._learner, x)
        loss = F.cross_entropy(logits, y)
        self._sgd.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._sgd.step()
        if self._ema is not None:
            self._ema.update_parameters(self.module)
        robust = (logits.detach().argmax(1) == y).float().mean()
        mean_loss, mean_robust = self.team.mean(torch.stack([loss.detach(), robust])).tolist()
        if config.wanted_accuracy and ramp == 1:
            self.eps *= math.exp(GAIN * (mean_robust - config.wanted_accuracy))
        return mean_loss, mean_robust

    def _logits(self, network: nn.Module, x: Tensor) -> Tensor:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bfloat16"):
            logits: Tensor = network(x)
            return logits.float()

    def _set_mode(self) -> None:
        self._learner.train()
        if self.config.freeze_norm:
            for part in self.module.modules():
                if isinstance(part, _BatchNorm):
                    part.eval()
