"""Several recipes in one file: they come back, damage is one line, and masks are scaled to another picture."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks.fitting import fitted
from napari_robust_synth.tasks.packing import pack_labels, unpack_labels, unpack_mask

IMAGE = {"path": None, "sha256": "0", "of": "pixels"}


@pytest.fixture
def recipe(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> tasks.Recipe:
    return tasks.record(tasks.Job(tasks.Paint(steps=1), tiny, image=photo, mask=mask, label="church"), 1, IMAGE)


@pytest.fixture
def slices(recipe: tasks.Recipe) -> tasks.Recipes:
    places = {0: [2, 4, 30, 40], 3: [1, 8, 20, 60]}
    images = {n: {**IMAGE, "index": [n, 5], "part": part} for n, part in places.items()}
    return tasks.Recipes(tuple((n, replace(recipe, image=image)) for n, image in images.items()), "slices", 0)


def test_slices_and_results_come_back(slices: tasks.Recipes, recipe: tasks.Recipe) -> None:
    results = tasks.Recipes(((0, recipe), (1, recipe)), "results", "seed", ("seed 1", "seed 2"))
    for recipes in (slices, results):
        assert tasks.Recipes.from_dict(json.loads(recipes.to_bytes())) == recipes
    assert slices.box == (1, 4, 30, 60)
    cut = slices.cut_out()
    assert cut.axis == 0 and cut.box == (0, 0, 29, 56)
    assert [r.image["index"] for _, r in cut.numbered] == [(0,), (3,)]
    assert [cut.where(r) for _, r in cut.numbered] == [slices.where(r) for _, r in slices.numbered]


@pytest.mark.parametrize(
    "damage",
    [
        {"slice": 1},
        {"slice": "0"},
        {"slice": True},
        {"recipe": 3},
        {"image": None},
        {"image": {**IMAGE, "index": [0, 5]}},
        {"image": {**IMAGE, "index": [0, "5"], "part": [0, 0, 9, 9]}},
        {"image": {**IMAGE, "index": [0, 5], "part": [0, 0, 9]}},
    ],
)
def test_damaged_slices_are_one_line(slices: tasks.Recipes, damage: dict[str, Any]) -> None:
    raw = slices.to_dict()
    entry = raw["slices"][0]
    if "image" in damage:
        entry["recipe"] |= damage
    else:
        entry |= damage
    with pytest.raises(ValueError, match=r"slice|recipe") as caught:
        tasks.Recipes.from_dict(raw)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("damage", [{"axis": 5}, {"axis": None}, {"slices": []}, {"slices": 3}, {"format": 2}])
def test_a_damaged_list_is_one_line(slices: tasks.Recipes, damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"slice"):
        tasks.Recipes.from_dict(slices.to_dict() | damage)


def test_results_need_titles(recipe: tasks.Recipe) -> None:
    for entry, axis in (({}, "seed"), ({"title": "a"}, 3)):
        with pytest.raises(ValueError, match="titles"):
            tasks.Recipes.from_dict({"format": 1, "axis": axis, "results": [{**entry, "recipe": recipe.to_dict()}]})


def test_a_mask_is_scaled_as_the_picture_is(recipe: tasks.Recipe, mask: np.ndarray) -> None:
    recipes = tasks.Recipes(((0, recipe),))
    assert fitted(recipes, (72, 96, 3)) == (recipes, "")
    double, note = fitted(recipes, (144, 192, 3))
    np.testing.assert_array_equal(unpack_mask(double.first.mask), mask.repeat(2, 0).repeat(2, 1))
    assert note == "the mask was scaled from 96 x 72 px to the picture's 192 x 144 px"
    back, _ = fitted(double, (72, 96))
    assert back == recipes


def test_labels_are_scaled_as_labels(recipe: tasks.Recipe, mask: np.ndarray) -> None:
    labels = np.where(mask, 300, 0)
    palette = {"300": {"label": "church"}}
    recipes = tasks.Recipes(((0, replace(recipe, mask=pack_labels(labels), palette=palette)),))
    tall, _ = fitted(recipes, (216, 96))
    np.testing.assert_array_equal(unpack_labels(tall.first.mask), labels.repeat(3, 0))
