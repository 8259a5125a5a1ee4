"""Several processes that train one model together, as ``torchrun`` starts them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
from torch import Tensor, distributed

T = TypeVar("T")

PATIENCE = timedelta(hours=6)
"""How long the others wait while the first looks through the pictures or measures accuracies."""


@dataclass(frozen=True)
class Team:
    """Which of how many processes this is; the first one writes and reports."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def told(self, value: T) -> T:
        """Return the first process's value in every process.

        Raises
        ------
        ValueError
            When the first process has ended.
        """
        if self.size == 1:
            return value
        values = [value]
        try:
            distributed.broadcast_object_list(values)
        except RuntimeError:
            raise ValueError("the first process ended: its message says why") from None
        return values[0]

    def mean(self, values: Tensor) -> Tensor:
        """Return the mean over all processes."""
        if self.size == 1:
            return values
        total = values.clone()
        distributed.all_reduce(total)
        return total / self.size


ALONE = Team()


@contextmanager
def gathered(device: torch.device) -> Iterator[tuple[Team, torch.device]]:
    """Join the processes that ``torchrun`` started, if it did; yield the team and this process's device.

    Raises
    ------
    ValueError
        When there are more processes than graphics cards.
    """
    if not (distributed.is_available() and distributed.is_torchelastic_launched()):
        yield ALONE, device
        return
    local = int(os.environ["LOCAL_RANK"])
    if device.type == "cuda":
        if local >= torch.cuda.device_count():
            raise ValueError(f"{local + 1} processes for {torch.cuda.device_count()} graphics cards: start fewer")
        device = torch.device("cuda", local)
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Team(distributed.get_rank(), distributed.get_world_size()), device
    finally:
        distributed.destroy_process_group()
