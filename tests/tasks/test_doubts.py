"""What a replay says of pixels that may differ."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_robust_synth.models import Classifier
from napari_robust_synth.models.precisions import PLAIN
from napari_robust_synth.tasks import Job, Translate, record
from napari_robust_synth.tasks.doubts import doubts
from napari_robust_synth.tasks.recipe import Recipe


class Elsewhere:
    """A classifier as on a device that this machine need not have, and on the plain path only."""

    precision = PLAIN

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)

    def on(self, _: str) -> "Elsewhere":
        return self


@pytest.fixture
def recipe(tiny: Classifier, photo: np.ndarray) -> Recipe:
    return record(Job(Translate(steps=1), tiny, image=photo, label="church"), 1, None)


def test_none_where_all_is_as_it_was(recipe: Recipe, tiny: Classifier) -> None:
    assert list(doubts(recipe, tiny)) == []


def test_versions_and_path(recipe: Recipe) -> None:
    then = replace(recipe, versions={**recipe.versions, "torch": "1.0", "gone": "2"}, precision="bfloat16 packed")
    now = recipe.versions["torch"]
    assert list(doubts(then, Elsewhere("cpu"))) == [
        f"the recipe was made with torch 1.0, here is {now}: pixels may differ",
        "the recipe was made with gone 2, here is absent: pixels may differ",
        "the recipe was made in bfloat16 packed, here in float32: pixels may differ",
    ]


def test_devices(recipe: Recipe) -> None:
    card, recipe = Elsewhere("cuda:0"), replace(recipe, precision=PLAIN)
    assert list(doubts(recipe, card)) == ["the recipe was made on cpu, here on cuda: pixels may differ"]
    assert list(doubts(replace(recipe, device="cuda"), card)) == [
        "on cuda pixels may differ by rounding from one run to the next"
    ]
