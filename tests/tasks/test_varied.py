"""Starts that vary with the seed: other results, inside the same set; and at 0 nothing is drawn at all."""

import numpy as np
import pytest
import torch

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import TASKS, Job, Live, Palette, Target, record, restore
from napari_robust_synth.tasks.varied import Varied

VARIED = sorted(name for name, task in TASKS.items() if issubclass(task, Varied))
PALETTE = {1: Target(label="church"), 2: Target(label="tench")}


def job(
    name: str, classifier: Classifier, photo: np.ndarray, mask: np.ndarray, seed: int = 0, **parameters: float
) -> Job:
    task = TASKS[name](**{"steps": 2, "eps": 6.0, **parameters})
    half = np.where(np.arange(mask.shape[1]) < 45, mask, 2 * mask)
    given = {"mask": half if name == "palette" else mask} if "mask" in task.needs else {}
    aim = {"palette": PALETTE} if name == "palette" else {"label": "church"}
    return Job(task, classifier, image=photo, seed=seed, **given, **aim)


def test_every_task_that_edits_varies_but_that_of_the_smallest_change() -> None:
    edits = {name for name, task in TASKS.items() if "image" in task.needs}
    assert edits - set(VARIED) == {"counterfactual"}
    assert TASKS["counterfactual"]().made_random() is None
    task = TASKS["paint"](steps=3)
    assert task.made_random() == task.with_changes({"variation": Varied.usual_variation})
    chosen = task.with_changes({"variation": 0.2})
    assert chosen.made_random() == chosen


@pytest.mark.parametrize("name", VARIED)
def test_another_seed_is_another_picture(name: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    plain = job(name, tiny, photo, mask).run()
    one, again, other = (job(name, tiny, photo, mask, seed, variation=0.5) for seed in (1, 1, 2))
    result = one.run()
    assert np.array_equal(one.run(), result) and np.array_equal(again.run(), result)
    assert not np.array_equal(result, plain) and not np.array_equal(result, other.run())
    if "mask" in one.task.needs:
        assert np.array_equal(result[mask == 0], photo[mask == 0])


@pytest.mark.parametrize("name", VARIED)
def test_the_start_is_in_the_set(name: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    run = job(name, tiny, photo // 2 + 64, mask, variation=0.5)
    first, *_, end = run.states()
    moved = first.x - run.start
    radius = run.task.eps * run.picture.scale
    if name == "palette":
        regions = run.begun.inputs.regions
        reach = radius * (regions.masks.float().mean((1, 2, 3)) / (1 / 9)).sqrt()
        for region, far in zip(regions.masks, reach, strict=True):
            assert (moved * region).norm() == pytest.approx(0.5 * float(far), rel=0.05)
    else:
        assert moved.norm() == pytest.approx(0.5 * radius, rel=0.05)
        assert (end.x - run.start).norm() <= radius * (1 + 1e-4)
    if "mask" in run.task.needs:
        assert not moved[(run.begun.inputs.mask == 0).expand_as(moved)].any()


@pytest.mark.parametrize("variation", [0.2, 0.5, 1.0])
def test_a_small_hole_starts_within_its_smaller_ball(
    tiny: Classifier, photo: np.ndarray, mask: np.ndarray, variation: float
) -> None:
    hole = np.zeros_like(mask)
    hole[30:38, 40:48] = True
    run = job("inpaint", tiny, photo // 2 + 64, hole, variation=variation, eps=2.0)
    radius = float(run.problem(run.start).feasible.ball.eps)
    assert radius < 0.6 * run.task.eps * run.picture.scale
    assert (next(run.states()).x - run.start).norm() == pytest.approx(variation * radius, rel=0.01)


def test_a_recipe_makes_it_again(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    run = job("paint", tiny, photo, mask, 7, variation=0.5)
    result, recipe = run.run(), record(run, 2, None)
    assert recipe.parameters["variation"] == 0.5
    again = restore(recipe, tiny, photo)
    assert np.array_equal(again.result(core.last(again.replay([], 2)).x), result)


def test_strokes_start_from_the_picture(tiny: Classifier, photo: np.ndarray) -> None:
    live = Live(Palette(variation=0.5), tiny, image=photo, palette=PALETTE)
    assert record(live, 1, None).parameters["variation"] == 0


def test_grain_is_soft_and_hardly_coloured() -> None:
    grain = core.soft_grain((1, 3, 64, 96), torch.Generator().manual_seed(0))
    assert (grain[..., 1:] - grain[..., :-1]).square().mean() < 0.3 * grain.var()
    assert (grain - grain.mean(1, keepdim=True)).square().mean() < 0.02 * grain.var()
    assert core.soft_grain((1, 3, 5, 300), torch.Generator()).shape == (1, 3, 5, 300)
