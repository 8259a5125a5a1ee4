"""The card of somebody else's network: what its file says, what the user says, and what has to be assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from napari_robust_synth.models import foreign
from napari_robust_synth.models.architectures import TIMM
from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.models.cifar_resnet import DEPTHS
from napari_robust_synth.models.published import EPS_UNKNOWN, class_names
from napari_robust_synth.models.radius import check_eps
from napari_robust_synth.models.torchfiles import Checkpoint

IMAGENET = foreign.Normaliser((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), "")
RESTRICTED_MEAN = (0.4717, 0.4499, 0.3837)
MAX_TEXT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the user says of a file, where it does not say so itself or says it wrongly.

    ``mean`` and ``std`` replace a normalisation in the file; ``normaliser`` is only taken where there is none.
    """

    arch: str | None = None
    class_names: Sequence[str] | None = None
    size: int | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    norm: str | None = None
    eps: float | None = None
    normaliser: foreign.Normaliser | None = None


def describe(checkpoint: Checkpoint, network: foreign.Network, choices: Choices) -> tuple[ModelCard, dict[str, Any]]:
    """Make the card, and say for normalisation, classes and training where they are from.

    Raises
    ------
    ValueError
        When a choice is impossible or does not fit the network.
    """
    small = network.arch in DEPTHS
    size = choices.size or (32 if small else 224)
    normaliser, whence = _normaliser(network, choices)
    names, named = _class_names(network, normaliser, choices)
    trained, told = foreign.training(checkpoint), "from the file"
    if choices.norm or choices.eps is not None:
        trained, told = replace(trained, norm=choices.norm or "l2", eps=choices.eps), "given"
    norm, eps = trained.norm or "l2", trained.eps
    if eps is not None:
        check_eps(norm, eps)
    else:
        told = "not in the file: give norm and eps if you know them"
    card = ModelCard(
        arch=network.arch,
        size=size,
        mean=normaliser.mean,
        std=normaliser.std,
        class_names=names,
        norm=norm,
        eps=(eps or 0.0) * (224 / size if norm == "l2" else 1),
        origin=f"imported from {checkpoint.path.name}",
        limits=EPS_UNKNOWN if eps is None else "",
    )
    return card, {
        "normalisation": whence,
        "classes": named,
        "training": told,
        "norm": None if eps is None else card.norm,
        "eps": None if eps is None else card.eps,
    }


def read_class_names(path: Path) -> list[str]:
    """Read a text file with one class name on each line.

    Raises
    ------
    ValueError
        When it is no such file.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            names = [line.strip() for line in file.read(MAX_TEXT).splitlines()]
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file: expected one class name on each line") from None
    if not names or not all(name.isprintable() and name for name in names):
        raise ValueError(f"{path} has an empty or unreadable line: expected one class name on each line")
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"{path} has the class name {twice[0]!r} twice: expected another one on each line")
    return names


def _normaliser(network: foreign.Network, choices: Choices) -> tuple[foreign.Normaliser, str]:
    if choices.mean is not None and choices.std is not None:
        return foreign.Normaliser(choices.mean, choices.std, ""), "given"
    if network.normaliser:
        return network.normaliser, f"from {network.normaliser.where!r}"
    if choices.normaliser:
        return choices.normaliser, f"not in the file, {choices.normaliser.where}"
    if network.arch in DEPTHS:
        return foreign.Normaliser((0.0,) * 3, (1.0,) * 3, ""), "not in the file, assumed none: else give mean and std"
    if network.arch.startswith(TIMM):
        import timm

        cfg = timm.get_pretrained_cfg(network.arch.removeprefix(TIMM))
        if cfg:
            return foreign.Normaliser(cfg.mean, cfg.std, ""), "timm's for this architecture"
    return IMAGENET, "not in the file, assumed ImageNet's: else give mean and std"


def _class_names(
    network: foreign.Network, normaliser: foreign.Normaliser, choices: Choices
) -> tuple[tuple[str, ...], str]:
    count = network.classes
    if choices.class_names is not None:
        if len(choices.class_names) != count:
            raise ValueError(f"{len(choices.class_names)} class names for a network with {count} classes")
        return tuple(choices.class_names), "given"
    if count == 1000:
        return class_names("imagenet"), "assumed ImageNet's"
    if count == 10 and network.arch in DEPTHS:
        return class_names("cifar10"), "assumed CIFAR-10's"
    if count == 9 and normaliser.mean == RESTRICTED_MEAN:
        return class_names("restricted_imagenet"), "assumed restricted ImageNet's"
    return tuple(f"class {i}" for i in range(count)), "not in the file: give their names"
