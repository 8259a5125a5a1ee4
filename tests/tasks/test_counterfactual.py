"""The nearest picture of another class: what is reported is measured on the result itself."""

import numpy as np
import pytest
import torch

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Counterfactual, Job, Paint, Recipe, record, restore
from napari_robust_synth.tasks.distances import (
    measure,
    object_numbers,
    put_together,
)

TASK = Counterfactual(steps=40, probability=0.6)


def test_the_result_reaches_the_probability_after_rounding(tiny: Classifier, photo: np.ndarray) -> None:
    job = Job(TASK, tiny, image=photo, label="church")
    result = job.run()
    found = measure(job, result)
    assert found.reached
    assert job.probability(photo) == found.before < 0.6 <= found.after == job.probability(result) < 0.65
    change = job.picture.seen(result) - job.picture.seen(photo)
    assert found.distance == pytest.approx(float(change.norm()) / job.picture.scale, rel=1e-5)


def test_it_stops_short_of_a_farther_translation(tiny: Classifier, photo: np.ndarray) -> None:
    near = Job(TASK, tiny, image=photo, label="church")
    far = Job(Counterfactual(steps=40, probability=0.9), tiny, image=photo, label="church")
    assert 0 < measure(near, near.run()).distance < measure(far, far.run()).distance


def test_a_class_that_is_there_already_costs_nothing(tiny: Classifier, photo: np.ndarray) -> None:
    church = Job(TASK, tiny, image=photo, label="church").run()
    job = Job(Counterfactual(steps=3, probability=0.5), tiny, image=church, label="church")
    assert [s.step for s in job.states()] == [0, 1, 2, 3]
    np.testing.assert_array_equal(job.run(), church)
    assert measure(job, job.run()).distance == 0


@pytest.mark.parametrize("size", [48, 300])
def test_what_is_carried_is_what_is_seen_of_the_result(
    tiny: Classifier, photo: np.ndarray, mask: np.ndarray, size: int
) -> None:
    large = photo.repeat(2, 0).repeat(2, 1).astype(np.float64) / 255 / 2 + 0.25
    marks = mask.repeat(2, 0).repeat(2, 1)
    for image, marked in ((large, None), (large, marks), (large[..., :2], marks)):
        job = Job(TASK, tiny, image=image, mask=marked, label="church", size=size)
        random = torch.randn(job.start.shape, generator=torch.Generator().manual_seed(0))
        change = 0.05 * random * (job.begun.inputs.mask > 0)
        seen = job.picture.seen(job.picture.with_change(change)) - job.picture.seen(job.picture.source)
        torch.testing.assert_close(job.picture.carried(change), seen, atol=2e-5, rtol=1e-3)


def test_grey_pictures_stay_grey_on_the_way(tiny: Classifier, photo: np.ndarray) -> None:
    job = Job(TASK, tiny, image=photo[..., 0], label="church")
    result = job.run()
    assert result.shape == photo.shape[:2]
    assert measure(job, result).reached


def test_the_recipe_gives_the_same_pixels(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    job = Job(TASK, tiny, image=photo, mask=mask, label="church")
    result = job.run()
    recipe = Recipe.from_dict(record(job, job.steps, None).to_dict())
    np.testing.assert_array_equal(restore(recipe, tiny, photo).run(), result)
    np.testing.assert_array_equal(result[~mask], photo[~mask])


def test_objects_are_put_together(tiny: Classifier, photo: np.ndarray) -> None:
    labels = np.zeros(photo.shape[:2], np.int32)
    labels[:20, :30], labels[40:, 50:] = 9, 4
    assert object_numbers(labels) == [4, 9]
    jobs = [Job(TASK, tiny, image=photo, mask=labels == n, label="church") for n in (4, 9)]
    parts = [np.full_like(photo, n) for n in (4, 9)]
    for part, n in zip(parts, (4, 9), strict=True):
        part[labels != n] = photo[labels != n]
    whole = put_together(zip(jobs, parts, strict=True))
    np.testing.assert_array_equal(whole, np.where((labels > 0)[..., None], labels[..., None], photo))


def test_only_counterfactuals_are_measured(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    job = Job(Paint(), tiny, image=photo, mask=mask, label="church")
    with pytest.raises(ValueError, match="the job is of paint, expected one of counterfactual"):
        measure(job, photo)
