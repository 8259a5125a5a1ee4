"""The networks we can build by name, and which of them a set of weights belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from napari_robust_synth.models.cifar_resnet import DEPTHS, CifarResNet
from napari_robust_synth.models.vision import torchvision_models

Shapes = Mapping[str, tuple[int, ...]]
TIMM = "timm:"
FIRST = "resnet50_v1"  # strides on the first convolution of a block, as the network's authors and Keras have it
WIDE = "wide_resnet50_4"  # the paper's authors' own: a ResNet-50 four times as wide
UNCOUNTED = "num_batches_tracked"


@dataclass(frozen=True)
class Family:
    """Architectures that share the name of their last linear layer, and a tensor that no other family has."""

    head: str
    mark: str
    archs: tuple[str, ...]


FAMILIES = (
    Family(
        "fc.weight",
        "layer1.0.conv1.weight",
        (
            *("resnet50", "resnet18", "resnet34", "resnet101", "resnet152", "wide_resnet50_2", WIDE),
            *("wide_resnet101_2", "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"),
        ),
    ),
    Family(
        "fc.weight",
        "stage2.0.branch1.0.weight",
        tuple(f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")),
    ),
    Family("linear.weight", "layer1.0.conv1.weight", tuple(DEPTHS)),
    Family("classifier.weight", "features.conv0.weight", ("densenet121", "densenet161", "densenet169", "densenet201")),
    Family("classifier.1.weight", "features.1.conv.0.0.weight", ("mobilenet_v2",)),
    Family(
        "classifier.1.weight", "layers.14.weight", tuple(f"mnasnet{width}" for width in ("0_5", "0_75", "1_0", "1_3"))
    ),
    Family(
        "classifier.1.weight", "features.1.0.block.0.0.weight", tuple(f"efficientnet_b{depth}" for depth in range(8))
    ),
    Family(
        "classifier.2.weight", "features.0.0.weight", tuple(f"convnext_{s}" for s in ("tiny", "small", "base", "large"))
    ),
    Family("classifier.3.weight", "features.1.block.0.0.weight", ("mobilenet_v3_small", "mobilenet_v3_large")),
    Family(
        "classifier.6.weight",
        "features.0.weight",
        ("alexnet", *(f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn"))),
    ),
)


def build(arch: str, classes: int) -> nn.Module:
    """Build an untrained network.

    Parameters
    ----------
    arch : str
        torchvision's name of a classifier, ``wide_resnet50_4``, ``resnet50_v1``, ``cifar_resnet18`` (34, 50, 101,
        152), or ``timm:NAME`` where timm is installed.
    classes : int
        Number of logits.

    Raises
    ------
    ValueError
        When there is no such network, or timm is not installed.
    """
    if arch.startswith(TIMM):
        return _timm(arch.removeprefix(TIMM), classes)
    if arch in DEPTHS:
        return CifarResNet(arch, classes)
    if arch == FIRST:
        return _first_version(classes)
    if arch == WIDE:
        wide: nn.Module = torchvision_models.resnet50(weights=None, num_classes=classes, width_per_group=256)
        return wide
    if arch not in torchvision_models.list_models(module=torchvision_models):
        raise ValueError(
            f"unknown architecture {arch[:50]!r}: expected a torchvision classifier such as 'resnet50', "
            f"'{WIDE}', 'cifar_resnet18' or '{TIMM}NAME'"
        )
    module: nn.Module = torchvision_models.get_model(arch, weights=None, num_classes=classes)
    return module


def infer(shapes: Shapes) -> tuple[str, int] | None:
    """Find the architecture and number of classes that have exactly these tensors; None when there is none."""
    for family in FAMILIES:
        shape = shapes.get(family.head, ())
        if len(shape) == 2 and family.mark in shapes:
            for arch in family.archs:
                if not differences(arch, shape[0], shapes):
                    return arch, shape[0]
    return None


def differences(arch: str, classes: int, shapes: Shapes) -> list[str]:
    """Name the tensors that are missing, that are too many or have another shape."""
    expected = _shapes(arch, classes)
    names = dict.fromkeys((*expected, *shapes))
    return [k for k in names if not k.endswith(UNCOUNTED) and expected.get(k) != shapes.get(k)]


def head_of(arch: str) -> str:
    """Name the weight whose first dimension is the number of classes."""
    small, large = _shapes(arch, 2), _shapes(arch, 3)
    return next(k for k in large if large[k] != small[k])


@lru_cache
def _shapes(arch: str, classes: int) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        return {k: tuple(v.shape) for k, v in build(arch, classes).state_dict().items()}


def _first_version(classes: int) -> nn.Module:
    module: nn.Module = torchvision_models.resnet50(weights=None, num_classes=classes)
    for layer in ("layer2.0", "layer3.0", "layer4.0"):
        block: Any = module.get_submodule(layer)
        block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eps = 1.001e-5
    return module


def _timm(name: str, classes: int) -> nn.Module:
    try:
        import timm
    except ImportError:
        raise ValueError(f"the architecture {TIMM}{name} needs timm: pip install 'napari-robust-synth[timm]'") from None
    if not timm.is_model(name):
        raise ValueError(f"timm has no architecture {name[:50]!r}: see timm.list_models()")
    module: nn.Module = timm.create_model(name, pretrained=False, num_classes=classes)
    return module
