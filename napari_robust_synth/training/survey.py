"""A look through all pictures before the first step: what can be read, how the classes balance, seed statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from napari_robust_synth.core import SeedStatistics, seed_fit
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import Centred
from napari_robust_synth.training.layout import Pictures

Note = Callable[[str], None]
FEW = 12
"""Up to how many classes are counted one by one."""


class Small(Dataset[Tensor | str]):
    """Each picture reduced for the seed statistics, (3, s, s), or why it cannot be read."""

    def __init__(self, pictures: Pictures, size: int) -> None:
        self.centred = Centred(pictures, size)

    def __len__(self) -> int:
        return len(self.centred)

    def __getitem__(self, index: int) -> Tensor | str:
        try:
            return seed_fit.reduced(self.centred[index][0][None])[0]
        except ValueError as error:
            return str(error)


@dataclass(frozen=True)
class Survey:
    """The numbers of the pictures that can be read, and some of each class as small pictures (N, 3, s, s)."""

    readable: list[int]
    small: Tensor
    labels: Tensor

    def seeds(self, classes: Sequence[str], config: TrainingConfig, note: Note) -> SeedStatistics:
        """Fit the seed statistics; no class is described by more directions than its pictures have."""
        least = int(self.labels.bincount(minlength=len(classes)).min())
        rank = min(config.seed_rank, max(least - 1, 1))
        if rank < config.seed_rank:
            note(f"a class has {least} pictures: seed statistics of rank {rank}, not {config.seed_rank}")
        return seed_fit.fit(self.small, self.labels, classes, rank, config.seed_components)


def look_through(pictures: Pictures, config: TrainingConfig, purpose: str, note: Note) -> Survey:
    """Read every picture once, and report what was found, a line each.

    Parameters
    ----------
    pictures : Pictures
        Where to look.
    config : TrainingConfig
        Size, loader processes, and how many pictures of a class the seed statistics take.
    purpose : str
        What the pictures are for, as the report says it.
    note : callable
        Receives each line.

    Raises
    ------
    ValueError
        When a class has no picture that can be read.
    """
    readable, kept, labels = [], [], []
    taken: Counter[int] = Counter()
    for i, found in enumerate(_reduced(pictures, config)):
        if isinstance(found, str):
            note(f"left out: {found}")
            continue
        readable.append(i)
        label = pictures.labels[i]
        if taken[label] < config.seed_pictures:
            kept.append(found)
            labels.append(label)
            taken[label] += 1
    counts = pictures.chosen(readable).counts()
    for name, count in counts.items():
        if count == 0 and purpose == "train":
            raise ValueError(f"class {name!r} has no picture that can be read in {pictures.root}")
    note(f"{len(readable)} pictures to {purpose} on: {balance(counts)}")
    side = config.size // seed_fit.DOWNSAMPLE
    small = torch.stack(kept) if kept else torch.empty(0, 3, side, side)
    return Survey(readable, small, torch.tensor(labels))


def balance(counts: dict[str, int]) -> str:
    """Say in a line how many pictures the classes have."""
    if len(counts) <= FEW:
        return ", ".join(f"{count} {name}" for name, count in counts.items())
    least, most = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    return f"{len(counts)} classes of {counts[least]} ({least}) to {counts[most]} ({most})"


def _reduced(pictures: Pictures, config: TrainingConfig) -> Iterator[Tensor | str]:
    batches = DataLoader(Small(pictures, config.size), 16, num_workers=config.workers, collate_fn=list)
    for batch in batches:
        yield from batch
