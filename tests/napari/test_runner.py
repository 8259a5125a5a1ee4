"""The worker's generator: frames are few, errors are words, and torch's state does not leak."""

import pytest
import torch

from napari_robust_synth._napari.running.runner import Control, Frame, Outcome, run_job
from napari_robust_synth._napari.window.worker_errors import RunError, explain
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Translate, record


def outcome(job: Job, state: object) -> Outcome:
    return Outcome(job.result(state.x), record(job, state.step, None))


@pytest.fixture
def job(tiny: Classifier, photo: object) -> Job:
    return Job(Translate(steps=40), tiny, image=photo, label="church")


def test_a_tick_every_step_and_at_most_15_frames_a_second(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr("napari_robust_synth._napari.running.runner.time.perf_counter", lambda: next(clock) / 100)
    seen = list(run_job(lambda: job, outcome, Control()))
    assert len(seen) == 41
    frames = [x for x in seen if isinstance(x, Frame)]
    assert [f.step for f in frames] == [0, 1, 8, 15, 21, 28, 35, 40]


def test_a_shape_is_prepared_when_its_first_change_has_been_seen(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[object] = []
    monkeypatch.setattr(Classifier, "prepare", lambda _, shape: prepared.append(tuple(shape)))
    control = Control()
    run = run_job(lambda: job, outcome, control)
    assert [next(run).step, next(run).step, prepared] == [0, 1, []]
    next(run)
    assert prepared == [tuple(job.start.shape)]
    control.stop()
    list(run)
    assert len(prepared) == 1


def test_stop_acts_within_one_step(job: Job) -> None:
    control = Control()
    run = run_job(lambda: job, outcome, control)
    for _ in range(5):
        next(run)
    control.stop()
    with pytest.raises(StopIteration) as end:
        next(run)
    assert end.value.value.recipe.last_step == 4


def test_abandoned_runs_compose_nothing(job: Job) -> None:
    control = Control()
    run = run_job(lambda: job, lambda *_: pytest.fail("composed"), control)
    next(run)
    control.abandoned.set()
    control.stop()
    with pytest.raises(StopIteration) as end:
        next(run)
    assert end.value.value is None


def test_grad_mode_does_not_leak_between_yields(job: Job) -> None:
    for _ in run_job(lambda: job, outcome, Control()):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("odd"), MemoryError()])
def test_errors_are_not_runtime_errors(error: Exception) -> None:
    def prepare() -> Job:
        raise error

    with pytest.raises(RunError) as caught:
        next(run_job(prepare, outcome, Control()))
    assert not isinstance(caught.value, RuntimeError)
    assert "\n" not in str(caught.value)


def test_words() -> None:
    assert "smaller working size" in explain(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))
    assert "boom" in explain(RuntimeError("boom\nstack"))
