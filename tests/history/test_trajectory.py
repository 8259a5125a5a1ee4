"""The frames of a run fit, and the same ones are kept every time."""

import numpy as np
import pytest

from napari_robust_synth.history.trajectory import Trajectory

FRAME = np.zeros((10, 10, 4), np.uint8)


def recorded(steps: int, budget: int) -> Trajectory:
    trajectory = Trajectory(budget)
    for step in range(steps + 1):
        if trajectory.wants(step, last=step == steps):
            trajectory.add(step, np.full_like(FRAME, step % 256))
        assert trajectory.nbytes <= budget
    return trajectory


def test_all_frames_where_they_fit() -> None:
    steps, frames = recorded(20, 10**6).stacked()
    assert steps == list(range(21)) and frames.shape == (21, 10, 10, 4)
    assert (frames[:, 0, 0, 0] == np.arange(21)).all()


@pytest.mark.parametrize("budget", [800, 1200, 4000, 5000])
@pytest.mark.parametrize("length", [3, 64, 101])
def test_thinned_evenly_with_the_last(length: int, budget: int) -> None:
    steps, frames = recorded(length, budget).stacked()
    assert frames.nbytes <= budget
    assert steps[0] == 0 and steps[-1] == length
    assert len(set(np.diff(steps[:-1]))) <= 1
    assert frames.nbytes > budget / 4 or len(steps) == length + 1


def test_frames_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit into 300 bytes: raise the history's limit"):
        recorded(5, 300).stacked()
