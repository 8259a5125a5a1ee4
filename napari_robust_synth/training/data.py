"""Pictures to train on: an ImageFolder tree, optionally split into ``train`` and ``val``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

Batches = DataLoader[tuple[Tensor, Tensor]]

TO_TENSOR = [v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True)]


def training_transform(size: int, crop: float) -> v2.Compose:
    """Random square crops of at least ``crop`` of the side, and flips."""
    cut = v2.RandomResizedCrop(size, scale=(crop**2, 1), ratio=(0.85, 1.18), antialias=True)
    return v2.Compose([cut, v2.RandomHorizontalFlip(), *TO_TENSOR])


def centre_transform(size: int) -> v2.Compose:
    """Short side to ``size``, then the central square."""
    return v2.Compose([v2.Resize(size, antialias=True), v2.CenterCrop(size), *TO_TENSOR])


def folder(root: Path, part: str, transform: Any) -> ImageFolder:
    """Open ``root/part``, or ``root`` itself when it is not split and ``part`` is ``train``.

    Raises
    ------
    ValueError
        When there are no class folders with pictures.
    """
    path = root / part if (root / part).is_dir() or part != "train" else root
    try:
        return ImageFolder(path, transform)
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f"{path} has no class folders with pictures: expected {path}/CLASS/picture.jpg") from None


def loader(pictures: ImageFolder | Subset[Any], batch: int, *, shuffle: bool, workers: int, seed: int = 0) -> Batches:
    """Serve pictures in batches, in an order that the seed decides."""
    return DataLoader(
        pictures,
        batch,
        shuffle=shuffle,
        num_workers=workers,
        drop_last=shuffle and len(pictures) > batch,
        generator=torch.Generator().manual_seed(seed),
        persistent_workers=workers > 0,
    )
