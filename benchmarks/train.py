"""One step of adversarial training: ours against the trainer of the package `robustness`; pictures a second.

    pip install --no-deps robustness==1.2.1.post2 cox dill tqdm tensorboardX GitPython gitdb smmap pandas
    python benchmarks/train.py [--config default] [--batch 64] [--rounds 5] [--device cpu]

Same network, pictures (random ones), batch and attack: random start, the same radius, steps and step length, and the
last picture of the attack, not the best. Both use SGD with momentum, ours Nesterov's and an own rate for the head,
and random starts are drawn otherwise: the losses do not compare. Each runs its own loop: ours with what the config says
(``default``: bfloat16 in mixed precision), `robustness` in float32; its mixed precision needs the package apex and
a GPU. One step each in turns; a ratio is that of its time to ours in the same round.
"""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from robustness_peer import Pixels, robustness
from torch import Tensor, nn
from turns import in_turns, ratio

from napari_robust_synth.models.checkpoints import device_of
from napari_robust_synth.models.classifier import Normalised
from napari_robust_synth.training.config import CONFIGS, TrainingConfig, read_config
from napari_robust_synth.training.initial import begin, completed
from napari_robust_synth.training.loop import Trainer

Batch = tuple[Tensor, Tensor, Tensor]
CLASSES = 20
LONG = 10**6
"""Steps of a training whose learning rate doesn't move while a few are taken."""


def ours(module: nn.Module, config: TrainingConfig, batch: Batch, device: torch.device) -> Callable[[], float]:
    """Return one step of ours on a batch, which returns the loss."""
    trainer = Trainer(module, replace(config, epochs=1, eps_ramp=0, warmup=0), LONG, device)
    return lambda: next(trainer.run([batch])).loss  # type: ignore[arg-type]


class _Network(nn.Module):
    """A network that takes the options which `robustness` hands to every network."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, **_: object) -> Tensor:
        out: Tensor = self.network(x)
        return out


class _Options(dict[str, object]):
    __getattr__ = dict.__getitem__


def theirs(module: nn.Module, config: TrainingConfig, batch: Batch, device: torch.device) -> Callable[[], float]:
    """Return one step of the trainer of `robustness`, which returns the loss."""
    assert config.mean is not None and config.std is not None
    network = Normalised(module, config.mean, config.std)
    model = robustness("attacker", device).AttackerModel(_Network(network), Pixels()).to(device)
    train = robustness("train", device)
    train.tqdm = partial(train.tqdm, disable=True)  # it would draw a bar for every step
    eps = config.radius(config.eps)
    sgd = {"lr": config.lr, "momentum": config.momentum, "weight_decay": config.weight_decay}
    attack = {"attack_steps": config.attack_steps, "attack_lr": config.attack_step * eps, "use_best": 0}
    ball = {"constraint": {"l2": "2", "linf": "inf"}[config.norm], "eps": eps, "random_start": 1, "random_restarts": 0}
    rest = {"custom_lr_multiplier": None, "step_lr": None, "mixed_precision": False, "custom_eps_multiplier": None}
    options = _Options({**sgd, **attack, **ball, **rest})
    optimizer, _ = train.make_optimizer_and_schedule(options, model, None, None)
    pictures, labels, _seeds = batch
    loader = [(pictures.to(device), labels)]
    return lambda: train._model_loop(options, "train", loader, model, optimizer, 0, True, None)[1]


def draw(config: TrainingConfig, seed: int = 0) -> Batch:
    """Draw random pictures, labels, and seeds of the attack."""
    g, n = torch.Generator().manual_seed(seed), config.batch
    return torch.rand((n, 3, config.size, config.size), generator=g), torch.arange(n) % CLASSES, torch.arange(n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join(sorted(path.stem for path in CONFIGS.glob("*.toml")))
    parser.add_argument("--config", default="default", help=f"how to train: {names}, or a file")
    parser.add_argument("--batch", type=int, help="instead of the config's")
    parser.add_argument("--attack-steps", type=int, help="instead of the config's")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    config, device = read_config(options.config), device_of(options.device)
    given = {"batch": options.batch, "attack_steps": options.attack_steps}
    config = completed(replace(config, **{k: v for k, v in given.items() if v}))
    module, batch = begin(config, CLASSES), draw(config)
    steps = {
        name: make(copy.deepcopy(module), config, batch, device)
        for name, make in {"ours": ours, "robustness": theirs}.items()
    }
    times, losses = in_turns(steps, options.rounds)
    report = {
        name: {
            "images a second": round(config.batch / float(np.median(times[name])), 1),
            "ratio to ours": ratio(times[name], times["ours"]),
            "loss": round(losses[name], 4),
        }
        for name in steps
    }
    how = {"threads": torch.get_num_threads(), "device": str(device), "config": options.config}
    said = {name: getattr(config, name) for name in ("arch", "size", "batch", "precision", "attack_steps")}
    print(json.dumps({**how, **said, **report}, indent=2))


if __name__ == "__main__":
    main()
