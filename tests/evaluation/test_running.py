"""A batch gives what single runs give."""

import numpy as np

from napari_robust_synth import Classifier, tasks
from napari_robust_synth.evaluation.running import run_all


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
