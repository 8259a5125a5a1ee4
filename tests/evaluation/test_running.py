"""A batch gives what single runs give."""

import numpy as np
import pytest
import torch

from napari_robust_synth import Classifier, tasks
from napari_robust_synth.evaluation.running import run_all
from napari_robust_synth.tasks import batches


def test_batch_gives_what_single_runs_give(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    images, masks, ticks = (photo, photo[::-1].copy()), (mask, mask[::-1]), []
    cases = (
        [tasks.Job(tasks.Translate(steps=3), tiny, image=p, label=i) for i, p in enumerate(images)],
        [tasks.Job(tasks.Inpaint(steps=3), tiny, image=p, mask=m) for p, m in zip(images, masks, strict=True)],
        [tasks.Job(tasks.Generate(steps=3, n=1), tiny, label=i, seed=i) for i in range(2)],
    )
    for jobs in cases:
        pairs = list(run_all(jobs, 2, ticks.append))
        assert [job for job, _ in pairs] == jobs
        for job, result in pairs:
            alone = job.run()
            alone = alone[0] if alone.ndim == 4 else alone
            assert result.shape == alone.shape
            assert np.abs(result.astype(int) - alone).max() <= 1
    assert sum(ticks) == 6


def test_a_batch_too_large_is_halved(tiny: Classifier, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def jobs() -> list[tasks.Job]:
        return [tasks.Job(tasks.Translate(steps=3), tiny, image=photo, label=i % 3) for i in range(5)]

    expected = [picture for _, picture in run_all(jobs(), 2)]
    real, ticks = tiny.logits, []

    def logits(x: torch.Tensor) -> torch.Tensor:
        if len(x) > 2 and ticks:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return real(x)

    monkeypatch.setattr(tiny, "logits", logits)
    pairs = list(run_all(jobs(), 4, ticks.append))
    assert [job.batch for job, _ in pairs] == [2, 2, 2, 2, 1]
    assert all(np.array_equal(a, b) for (_, a), b in zip(pairs, expected, strict=True))
    assert min(ticks) < 0 and sum(ticks) == pytest.approx(5) and max(np.cumsum(ticks)) <= 5 + 1e-9


def test_how_many_run_together_is_found(tiny: Classifier, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "GAIN", 0.0)  # whatever this machine takes
    monkeypatch.setattr(batches, "LONG", 10.0)
    jobs = [tasks.Job(tasks.Translate(steps=1), tiny, image=photo, label="church") for _ in range(3)]
    assert [job.batch for job, _ in run_all(iter(jobs))] == [3, 3, 3]
    assert [job.batch for job, _ in run_all(jobs[:1])] == [1]
    assert list(run_all([])) == []
