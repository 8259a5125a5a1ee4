"""Several things timed in turns, so that a machine that slows down does so for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch


def in_turns(acts: Mapping[str, Callable[[], Any]], rounds: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return seconds of each round, and what each act returned last; a first round isn't measured."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    last = {name: act() for name, act in acts.items()}
    for _ in range(rounds):
        for name, act in acts.items():
            begin = _now()
            last[name] = act()
            found[name].append(_now() - begin)
    return {name: np.array(times) for name, times in found.items()}, last


def ratio(times: np.ndarray, to: np.ndarray) -> float:
    """Return the median of how many times as long one took as another in the same round."""
    return round(float(np.median(times / to)), 2)


def _now() -> float:
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return time.perf_counter()
