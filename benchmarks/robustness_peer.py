"""The package `robustness` on today's PyTorch.

It needs two things to run at all: a stand-in for the module ``torchvision.models.utils``, which torchvision has no
more, and on a CPU ``.cuda()`` calls that do nothing. Both are done here, in this process alone.
"""

from __future__ import annotations

import sys
import types
from importlib import import_module
from typing import Any

import torch


class Pixels:
    """What `robustness` wants to know of a data set whose network normalises by itself."""

    mean, std = torch.zeros(3), torch.ones(3)


def robustness(module: str, device: torch.device) -> Any:
    """Import a module of `robustness`.

    Raises
    ------
    ImportError
        When it is not installed.
    """
    stand_in = types.ModuleType("torchvision.models.utils")
    stand_in.load_state_dict_from_url = torch.hub.load_state_dict_from_url  # type: ignore[attr-defined]
    sys.modules[stand_in.__name__] = stand_in
    if device.type == "cpu":
        torch.nn.Module.cuda = torch.Tensor.cuda = lambda self, *_, **__: self  # type: ignore[method-assign, assignment]
    return import_module(f"robustness.{module}")
