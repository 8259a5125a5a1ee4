"""Memory that runs out under several pictures: the window goes on with smaller batches, and can stop them."""

import numpy as np
import pytest
import torch

from napari_robust_synth._napari.running.runner import Control, Frame, Outcome, run_job
from napari_robust_synth.history.trajectory import Trajectory
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Generate, Job, record

STEPS, FAILS_AT = 4, 3


def outcome(job: Job, state: object) -> Outcome:
    return Outcome(job.result(state.x), record(job, state.step, None))


@pytest.fixture
def job(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Four pictures, which become too many."""
    job = Job(Generate(steps=STEPS, n=4), tiny, label="church", size=32, batch=4)
    real, calls = tiny.logits, []

    def logits(x: torch.Tensor) -> torch.Tensor:
        calls.append(len(x))
        if len(x) == 4 and calls.count(4) > FAILS_AT:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return real(x)

    monkeypatch.setattr(tiny, "logits", logits)
    return job


def test_it_begins_again_and_its_frames_are_those_of_the_second_time(job: Job, tiny: Classifier) -> None:
    control = Control(trajectory=Trajectory(10**8), frame_seconds=0.0)
    run, shown = run_job(lambda: job, outcome, control), []
    with pytest.raises(StopIteration) as end:
        while True:
            shown.append(next(run))
    frames = [frame for frame in shown if isinstance(frame, Frame)]
    assert [frame.step for frame in frames] == [0, 1, 2, 0, 1, 2, 3, 4, 4, 5, 6, 7, 8]
    assert [frame.steps for frame in frames] == 3 * [STEPS] + 10 * [2 * STEPS]
    undisturbed = Job(Generate(steps=STEPS, n=4), tiny, label="church", size=32, batch=2)
    made = end.value.value
    assert made.recipe.batch == 2 and made.recipe.last_step == 8
    assert np.array_equal(made.result, undisturbed.run())
    kept = {state.step: undisturbed.preview(state.x) for state in undisturbed.states()}
    assert list(control.trajectory.frames) == list(kept)
    assert all(np.array_equal(control.trajectory.frames[step], kept[step]) for step in kept)


def test_stop_acts_within_one_step_of_the_second_time(job: Job) -> None:
    control = Control(frame_seconds=0.0)
    run = run_job(lambda: job, outcome, control)
    for _ in range(FAILS_AT + 2):
        shown = next(run)
    assert shown.step == 1
    control.stop()
    with pytest.raises(StopIteration) as end:
        next(run)
    assert (end.value.value.recipe.last_step, end.value.value.recipe.batch) == (1, 2)
