"""Checkpoints in the layouts of others, small and written without their libraries."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dill
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from napari_robust_synth.models.architectures import build

MEAN, STD = (0.4717, 0.4499, 0.3837), (0.26, 0.2516, 0.2575)
Write = Callable[..., nn.Module]


def network(arch: str = "shufflenet_v2_x0_5", classes: int = 3) -> nn.Module:
    """A random network whose logits are of the size of trained ones."""
    torch.manual_seed(0)
    module = build(arch, classes)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None  # the statistics of what it sees now
    with torch.no_grad():
        module.train()(torch.randn(8, 3, 64, 64))
    head = [m for m in module.modules() if isinstance(m, nn.Linear)][-1]
    nn.init.normal_(head.weight, std=0.1)
    return module.eval()


def robustness_layout(module: nn.Module, extra: object = None) -> dict[str, Any]:
    """What the trainer of `robustness` stores: the attacker has the network a second time."""
    state: dict[str, Tensor] = {}
    for normalizer, inner in (("normalizer", "model"), ("attacker.normalize", "attacker.model")):
        state[f"module.{normalizer}.new_mean"] = torch.tensor(MEAN)[:, None, None]
        state[f"module.{normalizer}.new_std"] = torch.tensor(STD)[:, None, None]
        state |= {f"module.{inner}.{k}": v for k, v in module.state_dict().items()}
    momentum = {i: {"momentum_buffer": torch.zeros_like(p)} for i, p in enumerate(module.parameters())}
    groups = [{"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "nesterov": False, "params": list(momentum)}]
    return {
        "model": state,
        "optimizer": {"state": momentum, "param_groups": groups},
        "schedule": {"base_lrs": [0.1], "_last_lr": [np.float64(0.1)], "lr_lambdas": [lambda t: 0.5**t], "x": extra},
        "epoch": 7,
        "amp": None,
        "adv_prec1": torch.tensor(51.5),
    }


@pytest.fixture
def robustness_file() -> Write:
    def write(path: Path, arch: str = "shufflenet_v2_x0_5", classes: int = 3, extra: object = None) -> nn.Module:
        module = network(arch, classes)
        torch.save(robustness_layout(module, extra), path, pickle_module=dill)
        return module

    return write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a download goes."""
    return tmp_path / "downloads" / "model.ckpt"
