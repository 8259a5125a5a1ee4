"""The frames of a run, as many as fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]


class Trajectory:
    """Keeps the frames of every n-th step and of the last one; n doubles whenever they become too many bytes.

    Which steps are kept depends on nothing but their number and size.

    Parameters
    ----------
    budget : int
        Bytes that all frames may hold.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.clear()

    def clear(self) -> None:
        """Let all frames go."""
        self.frames: dict[int, Frames] = {}
        self._stride = 1

    @property
    def nbytes(self) -> int:
        """Bytes that the frames hold."""
        return sum(frame.nbytes for frame in self.frames.values())

    def wants(self, step: int, *, last: bool = False) -> bool:
        """Say whether the frame of a step is to be kept."""
        return step not in self.frames and (last or step % self._stride == 0)

    def add(self, step: int, frame: Frames) -> None:
        """Keep a frame, and thin the others out when they do not all fit."""
        while self.frames and self.nbytes + frame.nbytes > self.budget:
            if len(self.frames) == 1:
                self.frames.clear()
            else:
                self._stride *= 2
                self.frames = {at: kept for at, kept in self.frames.items() if at % self._stride == 0}
        if frame.nbytes <= self.budget:
            self.frames[step] = frame

    def stacked(self, arrange: Callable[[Frames], Frames] = lambda frame: frame) -> tuple[list[int], Frames]:
        """Return the steps, and their frames as one array (T, ...), each as ``arrange`` lays it out; gives them away.

        Raises
        ------
        ValueError
            When not even two fitted.
        """
        steps = list(self.frames)
        if len(steps) < 2:
            raise ValueError(f"the frames of the run do not fit into {self.budget} bytes: raise the history's limit")
        stack = np.stack([arrange(self.frames.pop(step)) for step in steps])
        return steps, stack
