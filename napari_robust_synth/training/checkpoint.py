"""Checkpoints of a training: written whole, read without running what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from napari_robust_synth.models.cards import CHECKPOINT


def save(folder: Path, state: dict[str, Any]) -> None:
    """Write a state of tensors and plain containers into a model folder, in the place of the last one.

    Raises
    ------
    ValueError
        When it can't be written; the last one then stays.
    """
    path = folder / CHECKPOINT
    part = _part(path)  # always the same name: what a killed process leaves is written over
    try:
        torch.save(state, part)
    except RuntimeError as error:
        part.unlink(missing_ok=True)
        raise ValueError(f"{path} can't be written ({_line(error)}): is the disk full?") from None
    part.replace(path)


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
        raise ValueError(f"{path} is damaged ({_line(error)}): train again in another folder") from None
    return state


def remove(folder: Path) -> None:
    """Remove the checkpoint of a training that is done."""
    _part(folder / CHECKPOINT).unlink(missing_ok=True)
    (folder / CHECKPOINT).unlink()


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
