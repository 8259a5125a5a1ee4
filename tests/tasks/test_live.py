"""A live painting: strokes come between steps, rest when done, can be erased, and its recipe makes the same bits."""

import json

import numpy as np
import pytest
import torch

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Live, Palette, Recipe, Target, record, restore

PALETTE = {1: Target(label="church"), 2: Target(features=(7,))}
STROKE = np.zeros((30, 30), np.int32)
STROKE[5:25, 5:25] = 1


@pytest.fixture
def live(tiny: Classifier, photo: np.ndarray) -> Live:
    return Live(Palette(steps=4, step_size=3.0), tiny, image=photo, palette=PALETTE)


def test_a_stroke_evolves_for_its_steps_and_rests(live: Live, photo: np.ndarray) -> None:
    assert live.advance() is None and live.steps == 0 and np.array_equal(live.result(), photo)
    live.paint(20, 30, STROKE)
    assert live.steps == 4
    states = list(live.states())
    assert [s.step for s in states] == [1, 2, 3, 4] and live.advance() is None
    assert states[-1].loss < states[0].loss and list(states[0].terms) == ["1 church"]
    marked = np.zeros((72, 96), bool)
    marked[25:45, 35:55] = True
    changed = (live.result() != photo).any(2)
    assert not changed[~marked].any() and changed[marked].mean() > 0.8


def test_what_is_done_does_not_move_for_a_new_stroke(live: Live) -> None:
    live.paint(0, 0, STROKE)
    list(live.states())
    (patch,) = live.patches
    done, before = torch.from_numpy(patch.owner == 1), patch.x
    live.paint(40, 50, 2 * STROKE)
    list(live.states())
    assert torch.equal(patch.x[..., done], before[..., done])
    assert (patch.x != before)[0, :, torch.from_numpy(patch.owner == 2)].any()


def test_pixels_of_one_stroke_get_as_many_steps_each(live: Live) -> None:
    live.paint(0, 0, STROKE[:, :15])
    live.advance()
    live.paint(0, 15, STROKE[:, 15:])
    (patch,) = live.patches
    assert sorted(np.unique(patch.left[patch.owner == 1]).tolist()) == [3, 4]
    assert [s.step for s in live.states()][-1] == 5


def test_erasing_brings_the_original_back(live: Live, photo: np.ndarray) -> None:
    live.paint(20, 30, STROKE)
    list(live.states())
    painted = live.result()
    live.paint(20, 30, np.where(np.arange(30) < 15, 0, STROKE))
    (patch,) = live.patches
    untouched = torch.from_numpy(patch.owner == 0)
    assert torch.equal(patch.x[..., untouched], patch.start[..., untouched])
    assert np.array_equal(live.result()[:, :45], photo[:, :45])
    assert (live.result()[:, 45:] != photo[:, 45:]).any() and (painted[:, :45] != photo[:, :45]).any()
    live.paint(0, 0, np.zeros((72, 96), np.int32))
    assert torch.equal(patch.x, patch.start) and live.result().tobytes() == photo.tobytes()


def test_repainting_starts_from_the_original(live: Live, tiny: Classifier, photo: np.ndarray) -> None:
    live.paint(20, 30, STROKE)
    list(live.states())
    live.paint(20, 30, 2 * STROKE)
    list(live.states())
    fresh = Live(Palette(steps=4, step_size=3.0), tiny, image=photo, palette=PALETTE)
    fresh.paint(20, 30, 2 * STROKE)
    list(fresh.states())
    assert np.array_equal(live.result(), fresh.result())


def test_a_label_without_a_target_waits_for_one(live: Live, photo: np.ndarray) -> None:
    live.paint(20, 30, 5 * STROKE)
    assert live.advance() is None and np.array_equal(live.result(), photo)
    live.change({"palette": {"5": {"label": "tench"}}})
    assert list(live.advance().terms) == ["5 tench"]


@pytest.mark.parametrize("change", [{"eps": 60.0}, {"palette": {"1": {"label": "tench"}}}], ids=str)
def test_a_change_wakes_what_it_concerns(live: Live, change: dict) -> None:
    live.paint(20, 30, STROKE)
    list(live.states())
    x = live.patches[0].x
    live.change(change)
    assert torch.equal(live.patches[0].x, x) and live.steps == 8
    list(live.states())
    assert not torch.equal(live.patches[0].x, x)


def test_the_same_palette_again_wakes_nothing(live: Live) -> None:
    live.paint(20, 30, STROKE)
    list(live.states())
    live.change({"palette": {"1": {"label": "church"}, "9": {"label": "tench"}}})
    assert live.advance() is None


def test_its_recipe_makes_the_same_bits(live: Live, tiny: Classifier, photo: np.ndarray) -> None:
    live.paint(20, 30, STROKE)
    live.advance()
    round_ = np.hypot(*np.mgrid[-10:10, -10:10]) < 8
    live.paint(22, 40, (2 * round_).astype(np.uint8))
    assert set(np.unique(live.patches[0].labels)) == {0, 1, 2}
    live.change({"palette": {"1": {"label": "tench", "strength": 2.0}}, "step_size": 1.0})
    for _ in range(3):
        live.advance()
    live.paint(30, 30, np.zeros((9, 9), np.uint8))
    recipe = Recipe.from_dict(json.loads(json.dumps(record(live, live.step, None).to_dict())))
    again = restore(recipe, tiny, photo)
    states = list(again.replay(recipe.changes, recipe.last_step))
    assert isinstance(again, Live) and [s.step for s in states] == [1, 2, 3, 4]
    assert torch.equal(again.patches[0].x, live.patches[0].x) and np.array_equal(again.result(), live.result())
    assert record(again, again.step, None) == record(live, live.step, None)


def test_strokes_far_apart_in_a_large_picture_have_crops_of_their_own(tiny: Classifier) -> None:
    image = np.random.default_rng(0).integers(0, 255, (700, 900, 3), np.uint8)
    live = Live(Palette(steps=3, step_size=5.0), tiny, image=image, palette=PALETTE)
    live.paint(10, 10, STROKE)
    live.advance()
    live.paint(600, 800, 2 * STROKE)
    assert [p.crop.shape for p in live.patches] == [(128, 128)] * 2
    live.paint(70, 110, STROKE)  # across the first crop's border
    assert len(live.patches) == 3 and live.steps == 1 + 2 + 3 + 3
    list(live.states())
    marked = live._labels > 0
    changed = (live.result() != image).any(2)
    assert not changed[~marked].any() and changed[marked].mean() > 0.5
    live.paint(0, 0, np.zeros((700, 900), np.uint8))
    assert live.result().tobytes() == image.tobytes()


def test_painting_over_anothers_crop_takes_the_pixels_over(tiny: Classifier) -> None:
    image = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    live = Live(Palette(steps=2, step_size=5.0), tiny, image=image, palette=PALETTE)
    live.paint(90, 90, STROKE)
    live.paint(150, 200, STROKE)
    list(live.states())
    live.paint(95, 110, np.full((80, 60), 2))
    list(live.states())
    held = [np.zeros((300, 400), int) for _ in live.patches]
    for there, patch in zip(held, live.patches, strict=True):
        there[patch.crop.slices] = patch.labels
    assert np.array_equal(sum(held), live._labels) and (np.sum([h > 0 for h in held], 0) <= 1).all()
    assert not (live.result() != image).any(2)[live._labels == 0].any()


@pytest.mark.parametrize(("dtype", "channels"), [("uint16", ()), ("float32", (4,)), ("uint8", (1,))])
def test_any_picture(dtype: str, channels: tuple[int, ...], tiny: Classifier) -> None:
    values = np.random.default_rng(0).random((37, 61, *channels))
    image = values.astype(dtype) if dtype == "float32" else (values * np.iinfo(dtype).max).astype(dtype)
    live = Live(Palette(steps=1, step_size=9.0), tiny, image=image, palette=PALETTE)
    live.paint(2, 3, STROKE)
    live.advance()
    result, kept = live.result(), live._labels == 0
    assert result.dtype == image.dtype and result.shape == image.shape
    assert result[kept].tobytes() == image[kept].tobytes() and (result != image).any()


@pytest.mark.parametrize(
    ("act", "word"),
    [
        (lambda live: live.paint(60, 0, STROKE), "reaches row 90, column 30 of 96 x 72 px"),
        (lambda live: live.paint(-1, 0, STROKE), "reaches row 29"),
        (lambda live: live.paint(0, 0, np.full((3, 3), 2**31)), "a label is 2147483648"),
        (lambda live: live.change({"steps": 3}), "steps can't change while palette runs"),
        (lambda live: live.change({"palette": {"1": {"label": "chruch"}}}), "unknown class 'chruch'"),
        (lambda live: live.change({"eps": 0}), "eps is 0"),
        (lambda live: live.apply({"paint": {"top": "x"}}), "a stroke of the recipe is damaged"),
        (lambda live: live.apply({"paint": {"top": 0, "left": 0, "bytes": 1}}), "damaged"),
        (lambda live: list(live.replay([], 3)), "the recipe's strokes give 0 steps"),
    ],
)
def test_what_is_refused_changes_nothing(live: Live, photo: np.ndarray, act, word: str) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        act(live)
    assert "\n" not in str(caught.value)
    assert live.changes == [] and live.advance() is None and np.array_equal(live.result(), photo)


@pytest.mark.parametrize("damage", [{"palette": None}, {"last_step": 0}, {"task": "paint", "parameters": {}}], ids=str)
def test_a_damaged_recipe(live: Live, tiny: Classifier, photo: np.ndarray, damage: dict) -> None:
    live.paint(20, 30, STROKE)
    live.advance()
    raw = {**record(live, 1, None).to_dict(), **damage}
    with pytest.raises(ValueError, match="the recipe of a live painting is damaged"):
        restore(Recipe.from_dict(raw), tiny, photo)
