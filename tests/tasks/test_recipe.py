"""A recipe is a run as data: through JSON and back it gives the same pixels."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from napari_robust_synth.core import last
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Generate, Job, Paint, Recipe, record, restore
from napari_robust_synth.tasks.packing import pack_mask, unpack_mask
from napari_robust_synth.tasks.recipe import pixel_hash

CHANGES = {1: {"eps": 20.0}, 3: {"step_size": 2.0}, 4: {"keep": 5.0, "eps": 30.0}}


def run(job: Job, stop: int | None = None, changes=CHANGES) -> tuple[np.ndarray, int]:
    """Run with changes as the dock does, and stop early."""
    states = job.states()
    state = next(states)
    while state.step < (job.steps if stop is None else stop):
        state = states.send(changes.get(state.step))
    return job.result(state.x), state.step


def again(recipe: Recipe, classifier: Classifier, image: np.ndarray | None) -> np.ndarray:
    job = restore(recipe, classifier, image)
    return job.result(last(job.replay(recipe.changes, recipe.last_step)).x)


@pytest.fixture
def recipe(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> Recipe:
    job = Job(Paint(steps=2), tiny, image=photo, mask=mask, label="church", seed=5)
    return record(job, run(job)[1], {"path": "photo.png", "sha256": "0" * 64, "of": "file"})


@pytest.mark.parametrize("stop", [None, 5, 2, 0])
def test_replay_with_changes_and_early_stop(stop, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    job = Job(Paint(steps=7, step_size=3.0), tiny, image=photo, mask=mask, label="church")
    result, step = run(job, stop)
    recipe = Recipe.from_dict(json.loads(json.dumps(record(job, step, None).to_dict())))
    assert recipe.last_step == (7 if stop is None else stop)
    assert recipe.changes == [(at, change) for at, change in CHANGES.items() if at < recipe.last_step]
    assert np.array_equal(again(recipe, tiny, photo), result)


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_replay_of_several_batches(at: int, tiny: Classifier) -> None:
    job = Job(Generate(steps=2, n=18), tiny, label="church", seed=3, size=32, batch=16)
    states = job.states()
    for _ in range(at + 1):
        next(states)
    states.send({"eps": 0.7})
    states.send({"step_size": 0.2}) if at == 2 else None
    result = job.result(last(states).x)
    recipe = Recipe.from_dict(record(job, job.steps, None).to_dict())
    assert np.array_equal(again(recipe, tiny, None), result)


def test_the_predicted_class_is_recorded(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    from napari_robust_synth.tasks import Inpaint

    job = Job(Inpaint(steps=1), tiny, image=photo, mask=mask)
    assert record(job, 1, None).label == job.label in tiny.class_names


def test_what_a_recipe_holds(recipe: Recipe, tiny: Classifier, mask: np.ndarray) -> None:
    raw = recipe.to_dict()
    assert raw["task"] == "paint" and raw["parameters"]["steps"] == 2 and raw["seed"] == 5
    assert raw["model_sha256"] == tiny.sha256 and raw["label"] == "church" and raw["size"] == 64
    assert raw["device"] == "cpu" and raw["precision"] == tiny.precision and raw["threads"] == torch.get_num_threads()
    assert set(raw["versions"]) == {"napari-robust-synth", "torch", "torchvision", "numpy"}
    assert np.array_equal(unpack_mask(raw["mask"]), mask)
    assert Recipe.from_dict(raw) == recipe


def test_read(recipe: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "a.recipe.json"
    path.write_text(json.dumps(recipe.to_dict()))
    assert Recipe.read(path) == recipe


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": 2}, "not a recipe of format 1"),
        ({"extra": 1}, "not a recipe of format 1"),
        ({"threads": 0}, "threads is 0, expected 1 to 1024"),
        ({"batch": 0}, "batch is 0, expected 1 to 1024"),
        ({"precision": "bfloat16"}, "precision is .bfloat16., expected float32, bfloat16 packed, float32 packed"),
        ({"last_step": -2}, "last_step is -2, expected 0 or more"),
        ({"seed": 2**64}, f"seed is {2**64}, expected {-(2**63)} to {2**64 - 1}"),
        ({"seed": -(10**30)}, "expected -"),
        ({"threads": "many"}, "threads"),
        ({"parameters": []}, "parameters"),
        ({"changes": [[1]]}, r"changes\.0"),
        ({"changes": [["x", {}]]}, r"changes\.0\.0"),
        ({"features": 3}, "features"),
        ({"value_range": [0]}, "value_range"),
        ({"seed": None}, "seed"),
    ],
)
def test_from_dict_refuses(recipe: Recipe, change, word: str) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        Recipe.from_dict({**recipe.to_dict(), **change})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "can't be read"),
        ("", "is no recipe"),
        ("[]", "is no recipe"),
        ("[" * 100_000, "is no recipe"),
        ("\xff", "is no"),
    ],
)
def test_read_refuses(content, word: str, tmp_path: Path) -> None:
    path = tmp_path / "a.recipe.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ValueError, match=word):
        Recipe.read(path)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"task": "knit"}, "the recipe's task 'knit' is unknown"),
        ({"parameters": {"colour": 1}}, "parameters do not fit paint"),
        ({"parameters": {"eps": -1}}, "eps is -1"),
        ({"model_sha256": "f" * 64}, "give the right one with --model"),
        ({"label": "dragon"}, "unknown class 'dragon'"),
        ({"mask": None}, "paint needs a mask"),
        ({"size": 5}, "size is 5"),
        ({"last_step": 3}, "last_step is 3, but the recipe's run has 2 steps"),
    ],
)
def test_restore_refuses(recipe: Recipe, change, word: str, tiny: Classifier, photo: np.ndarray) -> None:
    with pytest.raises(ValueError, match=word):
        restore(Recipe.from_dict({**recipe.to_dict(), **change}), tiny, photo)


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (9, 13), (37, 411)])
def test_masks_pack(shape: tuple[int, int]) -> None:
    mask = np.random.default_rng(0).random(shape) > 0.5
    assert np.array_equal(unpack_mask(json.loads(json.dumps(pack_mask(mask)))), mask)


@pytest.mark.parametrize(
    "packed",
    [
        {},
        {"shape": [8, 8], "data": "!"},
        {"shape": [8, 8], "data": "AAAA"},
        {"shape": [8], "data": pack_mask(np.ones((8, 8), bool))["data"]},
        {"shape": [8, 9], "data": pack_mask(np.ones((8, 8), bool))["data"]},
        {"shape": [-8, -8], "data": pack_mask(np.ones((8, 8), bool))["data"]},
        {"shape": [10**9, 10**9], "data": pack_mask(np.ones((8, 8), bool))["data"]},
        {"shape": [10**30, 10**30], "data": pack_mask(np.ones((8, 8), bool))["data"]},
        {"shape": ["8", 8], "data": pack_mask(np.ones((8, 8), bool))["data"]},
        {"shape": [8, 8], "data": None},
    ],
)
def test_a_damaged_mask_is_refused(packed) -> None:
    with pytest.raises(ValueError, match="mask is damaged"):
        unpack_mask(packed)


def test_pixel_hash() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    others = [image.reshape(4, 3), image.astype(np.int8), image + 1]
    assert pixel_hash(image) == pixel_hash(image.copy(order="F")) and pixel_hash(image) not in map(pixel_hash, others)
