"""A palette: all regions at once, each with a target of its own; its recipe, and what it refuses."""

import json

import numpy as np
import pytest
import torch

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Paint, Palette, Recipe, Target, record, restore

TWO = {1: Target(label="church"), 7: Target(features=(3, 40), strength=2.0)}


@pytest.fixture
def labels() -> np.ndarray:
    """Two regions that touch, of label 1 and 7, and one of label 3, which is of no palette here."""
    labels = np.zeros((72, 96), np.uint16)
    labels[20:44, 20:40], labels[20:44, 40:62], labels[60:70, 80:90] = 1, 7, 3
    return labels


def job(tiny: Classifier, photo: np.ndarray, labels: np.ndarray, palette=TWO, **parameters) -> Job:
    return Job(Palette(**{"steps": 4, **parameters}), tiny, image=photo, mask=labels, palette=palette)


def test_every_region_changes_and_the_rest_stays(tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    result = job(tiny, photo, labels).run()
    inside = np.isin(labels, (1, 7))
    assert result[~inside].tobytes() == photo[~inside].tobytes()
    assert all((result[labels == k] != photo[labels == k]).mean() > 0.5 for k in (1, 7))


def test_each_target_gets_nearer(tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    states = list(job(tiny, photo, labels, steps=10, step_size=3.0).states())
    assert list(states[0].terms) == ["1 church", "7 features 3, 40"]
    assert all(states[-1].terms[name] < states[0].terms[name] for name in states[0].terms)
    assert states[-1].loss.shape == (1,)


def test_a_region_does_not_move_for_the_others_target(tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    still = {1: Target(label="church"), 7: Target(features=(3,), strength=0.0)}
    run = job(tiny, photo, labels, still)
    x = core.last(run.states()).x
    first, second = run.begun.inputs.regions.masks[:, 0]
    assert (x != run.start)[0, :, first].any(0).float().mean() > 0.9
    assert torch.equal(x[..., second], run.start[..., second])


def test_alone_it_is_a_region_of_paint(tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    mask = labels == 1
    run = job(tiny, photo, np.where(mask, 1, 0), {1: Target(label="church")}, steps=1, eps=200, step_size=1.0)
    paint = Job(Paint(steps=1, eps=200, step_size=1.0), tiny, image=photo, mask=mask, label="church")
    share = float((9 * (paint.begun.inputs.mask > 0).float().mean()) ** 0.5)
    step, other = (core.last(r.states()).x - r.start for r in (run, paint))
    torch.testing.assert_close(step, share * other, atol=1e-5, rtol=1e-3)


def test_strength_is_how_far_a_region_goes(tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    run = job(tiny, photo, np.where(labels == 3, 0, labels), steps=12, eps=2.0)
    masks = run.begun.inputs.regions.masks
    moved = [((core.last(run.states()).x - run.start) * m).norm() / m.sum() ** 0.5 for m in masks]
    assert moved[1] / moved[0] == pytest.approx(2, rel=0.05)


def test_its_recipe_gives_the_same_bits(tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    run = job(tiny, photo, labels)
    states = run.states()
    next(states)
    change = {"palette": {"7": {"label": "tench", "strength": 0.5}}, "eps": 9.0}
    states.send(change)
    final = list(states)[-1]
    recipe = Recipe.from_dict(json.loads(json.dumps(record(run, final.step, None).to_dict())))
    assert recipe.changes == [(0, change)] and recipe.palette["1"]["label"] == "church"
    again = restore(recipe, tiny, photo)
    *_, state = again.replay(recipe.changes, recipe.last_step)
    assert torch.equal(state.x, final.x)
    assert np.array_equal(again.result(state.x), run.result(final.x))
    assert not np.array_equal(job(tiny, photo, labels).run(), run.result(final.x))


def test_a_change_lasts_for_its_run_only(tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    run = job(tiny, photo, labels)
    before = run.run()
    states = run.states()
    next(states)
    states.send({"palette": {"1": {"label": "tench"}}})
    assert "1 tench" in list(states)[-1].terms
    assert np.array_equal(run.run(), before)


def test_a_recipe_from_before_there_were_palettes_is_read(
    tiny: Classifier, photo: np.ndarray, mask: np.ndarray
) -> None:
    raw = record(Job(Paint(), tiny, image=photo, mask=mask, label="church"), 0, None).to_dict()
    del raw["palette"]
    assert Recipe.from_dict(raw).palette is None


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"palette": None}, "palette needs a palette"),
        ({"palette": {}}, "the palette has 0 labels"),
        ({"palette": {k: Target(label=0) for k in range(1, 34)}}, "33 labels, expected 1 to 32"),
        ({"palette": {5: Target(label="church")}}, "the label image has 1, 3, 7, but the palette is for 5"),
        ({"palette": {1: Target(label="chruch")}}, "label 1 of the palette: unknown class 'chruch'"),
        ({"palette": {1: Target(features=(512,))}}, "label 1 of the palette: feature 512 is out of range"),
        ({"mask": None}, "palette needs a mask"),
        ({"mask": np.zeros((72, 96), int)}, "the label image is empty"),
        ({"mask": np.ones((72, 95), int)}, "the labels are 95 x 72 px, but the image is 96 x 72 px"),
        ({"mask": np.ones((72, 96, 3), np.uint8)}, "expected one whole number a pixel"),
        ({"mask": np.ones((72, 96))}, "expected one whole number a pixel"),
        ({"label": "church"}, "palette does not use a class"),
    ],
)
def test_bad_input_is_one_line(options, word: str, tiny: Classifier, photo: np.ndarray, labels: np.ndarray) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        Job(Palette(), tiny, **{"image": photo, "mask": labels, "palette": TWO, **options})
    assert "\n" not in str(caught.value)


def test_other_tasks_take_no_palette(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="paint does not use a palette"):
        Job(Paint(), tiny, image=photo, mask=mask, label="church", palette=TWO)
