"""Objects made again: each alone gives its pixels, and one is in memory at a time."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.distances import put_together
from tests.alive import watched


@pytest.fixture
def jobs(tiny: Classifier, photo: np.ndarray) -> Callable[[], list[tasks.Job]]:
    masks = [np.zeros(photo.shape[:2], bool) for _ in range(5)]
    for i, mask in enumerate(masks):
        mask[14 * i : 14 * i + 9, 30:60] = True
    task = tasks.Counterfactual(steps=3)
    return lambda: [tasks.Job(task, tiny, image=photo, mask=mask, label="church", size=32) for mask in masks]


def test_objects_are_made_again_one_by_one(
    jobs: Callable[[], list[tasks.Job]], tiny: Classifier, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered = tuple((n, tasks.record(job, job.steps, None)) for n, job in enumerate(jobs(), start=1))
    recipes = tasks.Recipes(tuple((n, replace(one, model="tiny")) for n, one in numbered), "objects")
    expected = put_together([(job, job.run()) for job in jobs()])
    ticks: list[tuple[int, int]] = []
    before, (alive, results) = torch.get_num_threads(), watched(monkeypatch)
    made = tasks.make_again(recipes, tiny, photo, tick=lambda *steps: ticks.append(steps))
    assert alive.most <= 2 and results.most <= 3
    np.testing.assert_array_equal(made.result, expected)
    assert made.recipes == recipes and torch.get_num_threads() == before
    assert ticks == [(3 * i + step, 15) for i in range(5) for step in range(4)]


def test_put_together_takes_one_result_at_a_time(
    jobs: Callable[[], list[tasks.Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = jobs()
    _, results = watched(monkeypatch)
    whole = put_together((job, job.run()) for job in given)
    assert results.most <= 2
    for job in given:
        np.testing.assert_array_equal(whole[job.picture.mask], job.run()[job.picture.mask])
