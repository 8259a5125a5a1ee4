"""The weights that training starts from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.error import URLError

import torch
from torch import Tensor, nn

from napari_robust_synth.models.cards import WEIGHTS, ModelCard
from napari_robust_synth.models.checkpoints import build, fill, read_tensors
from napari_robust_synth.models.vision import torchvision_models
from napari_robust_synth.models.zoo import find_model
from napari_robust_synth.training.config import TrainingConfig

SCRATCH = "scratch"
TORCHVISION = "torchvision"
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def head_of(module: nn.Module) -> str:
    """Return the name of the last linear layer."""
    names: list[str] = [name for name, part in module.named_modules() if isinstance(part, nn.Linear)]
    return names[-1]


def completed(config: TrainingConfig) -> TrainingConfig:
    """Return the config with the mean and std of what it starts from.

    Raises
    ------
    ValueError
        When that is not there.
    """
    if config.mean is not None and config.std is not None:
        return config
    mean, std = IMAGENET_MEAN, IMAGENET_STD
    if (folder := _folder(config.init)) is not None:
        card = ModelCard.read(folder)
        mean, std = card.mean, card.std  # type: ignore[assignment]
    return replace(config, mean=config.mean or mean, std=config.std or std)


def begin(config: TrainingConfig, classes: int) -> nn.Module:
    """Build the network with the features it starts from and a new head.

    Raises
    ------
    ValueError
        When the features are not there, can't be fetched or do not fit.
    """
    torch.manual_seed(config.seed)
    module = build(config.arch, classes)
    if config.init == TORCHVISION:
        fill(module, _published(config.arch), f"torchvision's {config.arch}", without=f"{head_of(module)}.")
    elif config.init != SCRATCH:
        folder = _folder(config.init)
        if folder is not None and (arch := ModelCard.read(folder).arch) != config.arch:
            raise ValueError(
                f"init {config.init!r} is a {arch}, but arch is {config.arch!r}: "
                "set one to fit the other, or init to 'scratch'"
            )
        path = Path(config.init) if folder is None else folder / WEIGHTS
        fill(module, read_tensors(path), str(path), without=f"{head_of(module)}.")
    return module


def _folder(init: str) -> Path | None:
    if init in (SCRATCH, TORCHVISION) or Path(init).is_file():
        return None
    try:
        return find_model(init).folder
    except ValueError as error:
        raise ValueError(f"init is {init!r}, expected torchvision, scratch, a file or a model: {error}") from None


def _published(arch: str) -> dict[str, Tensor]:
    weights = torchvision_models.get_model_weights(arch).DEFAULT
    try:
        state: dict[str, Tensor] = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (URLError, OSError) as error:
        raise ValueError(
            f"torchvision's weights of {arch} can't be fetched ({error}): try again, or give a file"
        ) from None
    return state
