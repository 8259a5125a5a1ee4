"""Pictures to train on, each step's drawn from the seed alone: neither workers nor processes change them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from torchvision.transforms import v2

from napari_robust_synth.training.layout import Pictures
from napari_robust_synth.training.pictures import read_picture
from napari_robust_synth.training.team import ALONE, Team

Draw = tuple[int, int]
"""The epoch, and the number of a picture."""
Batches = DataLoader[tuple[Tensor, Tensor, Tensor]]

TO_TENSOR = [v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True)]


def training_transform(size: int, crop: float, turn: float = 0, jitter: float = 0) -> v2.Compose:
    """Random turns, square crops of at least ``crop`` of the side, flips, and other colours."""
    cut = v2.RandomResizedCrop(size, scale=(crop**2, 1), ratio=(0.85, 1.18), antialias=True)
    turns = [v2.RandomRotation(turn)] if turn else []
    colours = [v2.ColorJitter(jitter, jitter, jitter, jitter / 8), v2.RandomGrayscale(jitter / 4)] if jitter else []
    return v2.Compose([*turns, cut, v2.RandomHorizontalFlip(), *colours, *TO_TENSOR])


def centre_transform(size: int) -> v2.Compose:
    """Short side to ``size``, then the central square."""
    return v2.Compose([v2.Resize(size, antialias=True), v2.CenterCrop(size), *TO_TENSOR])


def seeds_of(*numbers: int) -> tuple[int, int]:
    """Return two unrelated 32-bit seeds that follow from the numbers."""
    a, b = np.random.SeedSequence((len(numbers), *numbers)).generate_state(2).tolist()
    return a, b


class Augmented(Dataset[tuple[Tensor, int, int]]):
    """Cropped and flipped pictures (3, S, S) in [0, 1], their labels, and a seed for the attack's noise.

    All of it follows from the seed, the epoch and the picture's number, never from a generator's state.
    """

    def __init__(
        self, pictures: Pictures, size: int, crop: float, seed: int, turn: float = 0, jitter: float = 0
    ) -> None:
        self.pictures, self.seed, self.side = pictures, seed, math.ceil(size / crop)
        self.transform = training_transform(size, crop, turn, jitter)

    def __getitem__(self, draw: Draw) -> tuple[Tensor, int, int]:
        epoch, index = draw
        crop_seed, noise_seed = seeds_of(self.seed, epoch, index)
        picture = read_picture(self.pictures.files[index], self.side)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(crop_seed)
            return self.transform(picture), self.pictures.labels[index], noise_seed


class Centred(Dataset[tuple[Tensor, int]]):
    """The central squares (3, S, S) in [0, 1] of pictures, and their labels."""

    def __init__(self, pictures: Pictures, size: int) -> None:
        self.pictures, self.size, self.transform = pictures, size, centre_transform(size)

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(read_picture(self.pictures.files[index], self.size)), self.pictures.labels[index]


@dataclass(frozen=True)
class Order(Sampler[list[Draw]]):
    """Which pictures each step takes: a new order every epoch; an odd last batch is left out.

    Parameters
    ----------
    pictures, batch, epochs : int
        How many pictures there are, go into a step of all processes together, and how often.
    seed : int
        Decides the orders.
    first : int
        Steps that are done already.
    team : Team
        Which share of every batch is ours.

    Raises
    ------
    ValueError
        When the processes cannot share a batch evenly.
    """

    pictures: int
    batch: int
    epochs: int
    seed: int
    first: int = 0
    team: Team = ALONE

    def __post_init__(self) -> None:
        if self.batch % self.team.size or self.pictures < self.team.size:
            raise ValueError(
                f"batch is {self.batch} of {self.pictures} pictures, which {self.team.size} processes cannot "
                f"share evenly: choose a multiple of {self.team.size}"
            )

    @property
    def together(self) -> int:
        """Pictures a step."""
        return min(self.batch, self.pictures - self.pictures % self.team.size)

    @property
    def steps_per_epoch(self) -> int:
        """Steps of one pass over the pictures."""
        return self.pictures // self.together

    def __len__(self) -> int:
        return self.epochs * self.steps_per_epoch - self.first

    def __iter__(self) -> Iterator[list[Draw]]:
        start, skip = divmod(self.first, self.steps_per_epoch)
        for epoch in range(start, self.epochs):
            generator = torch.Generator().manual_seed(seeds_of(self.seed, epoch)[0])
            order = torch.randperm(self.pictures, generator=generator).tolist()
            for step in range(skip if epoch == start else 0, self.steps_per_epoch):
                batch = order[step * self.together : (step + 1) * self.together]
                yield [(epoch, index) for index in batch[self.team.rank :: self.team.size]]


def training_batches(dataset: Augmented, order: Order, workers: int) -> Batches:
    """Serve every step of a run: pictures (N, 3, S, S), labels (N,) and noise seeds (N,)."""
    return DataLoader(dataset, batch_sampler=order, num_workers=workers)  # type: ignore[arg-type]


def centred_batches(pictures: Pictures, size: int, batch: int, workers: int) -> DataLoader[tuple[Tensor, Tensor]]:
    """Serve pictures once and in order: (N, 3, S, S) and labels (N,)."""
    return DataLoader(Centred(pictures, size), batch, num_workers=workers)  # type: ignore[arg-type]
