"""Checkpoints of a training: written whole, read without running what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from napari_robust_synth.models.checkpoints import write_whole

CHECKPOINT = "checkpoint.pt"


def save(folder: Path, state: dict[str, Any]) -> None:
    """Write a state of tensors and plain containers into a model folder."""
    write_whole(folder / CHECKPOINT, lambda path: torch.save(state, path))


def load(folder: Path) -> dict[str, Any]:
    """Read the state that a training reached.

    Raises
    ------
    ValueError
        When there is none, or it is damaged.
    """
    path = folder / CHECKPOINT
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ValueError(f"{folder} holds no unfinished training to resume: leave out --resume") from None
    except Exception as error:  # a damaged file raises all kinds
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{path} is damaged ({reason}): train again in another folder") from None
    return state
