"""Which values are black and white in another picture than a recipe's own."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import encode
from napari_robust_synth.pictures.folders import Done
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.pictures.replaying import for_another
from napari_robust_synth.tasks.recipes import Recipes

RAMP = np.linspace(0, 1, 9 * 12).reshape(9, 12)
BYTES, WORDS = (RAMP * 255).astype(np.uint8), (RAMP * 65_535).astype(np.uint16)


@pytest.fixture
def recipes(tiny: Classifier, photo: np.ndarray) -> Recipes:
    job = tasks.Job(tasks.Translate(steps=1), tiny, image=photo, label="church")
    return Recipes(((0, tasks.record(job, 1, {"path": None, "sha256": "0", "of": "pixels"})),))


def asking(recipes: Recipes, low: float, high: float) -> Recipes:
    return recipes.each(lambda recipe: replace(recipe, value_range=(float(low), float(high))))


@pytest.mark.parametrize(
    ("own", "picture", "expected"),
    [
        ((0, 255), WORDS, (0, 65_535)),
        ((0, 1), BYTES, (0, 255)),
        ((0, 65_535), RAMP, (0, 1)),
        ((0, 255), RAMP, (0, 1)),
        ((-128, 127), BYTES, (0, 255)),
        ((0, 2**32 - 1), BYTES, (0, 255)),
        ((-(2**31), 2**31 - 1), BYTES, (0, 255)),
        ((-(2**63), 2**63 - 1), BYTES, (0, 255)),
        ((0, 2**64 - 1), BYTES, (0, 255)),
        ((0, 65_535), BYTES.astype(np.int16), (-32_768, 32_767)),
        ((0, 255), BYTES * np.uint16(0), (0, 65_535)),
        ((0, 255), BYTES.astype(np.uint16), (0, 255)),
        ((0, 255), BYTES.astype(np.int32), (0, 255)),
        ((0, 255), BYTES.astype(np.float32), (0, 255)),
        ((0, 255), np.full((9, 12), 200.0), (0, 255)),
        ((-32_768, 32_767), BYTES.astype(np.float32) - 100, (-32_768, 32_767)),
        ((0, 4095), BYTES, (0, 4095)),
        ((0, 4095), RAMP * 9999, (0, 4095)),
    ],
)
def test_the_range(
    recipes: Recipes, own: tuple[float, float], picture: np.ndarray, expected: tuple[float, float]
) -> None:
    found, note = for_another(asking(recipes, *own), picture)
    assert (found.first.value_range, note) == (expected, "")


def test_none_that_holds_is_told_and_the_one_that_is_asked_for_taken(recipes: Recipes) -> None:
    for own, picture in (((0, 255), RAMP * 256), ((0, 1), RAMP * 2), ((0, 255), RAMP * 9 - 1)):
        with pytest.raises(ValueError, match="float image has values from"):
            for_another(asking(recipes, *own), picture)
        assert for_another(asking(recipes, *own), picture, (0, 4095))[0].first.value_range == (0, 4095)
    assert for_another(asking(recipes, 0, 7), BYTES, (0, 255))[0].first.value_range == (0, 255)
    with pytest.raises(ValueError, match="9 to 1, but it must"):
        for_another(recipes, BYTES, (9, 1))


def test_of_slices_those_that_are_worked_on_count(recipes: Recipes) -> None:
    image = {"path": None, "sha256": "0", "of": "pixels", "index": [1], "part": [0, 0, 9, 12]}
    slices = Recipes(((1, replace(recipes.first, image=image)),), "slices", 0)
    assert for_another(slices, np.stack([RAMP, RAMP * 200]))[0].first.value_range == (0, 255)
    assert for_another(slices, np.stack([RAMP * 200, RAMP]))[0].first.value_range == (0, 1)


def test_a_folder_of_float_pictures(recipes: Recipes, tiny: Classifier, tmp_path: Path, photo: np.ndarray) -> None:
    path, out = tmp_path / "a.tif", tmp_path / "out"
    out.mkdir()
    path.write_bytes(encode.encode(path, photo[..., 0].astype(np.float32)))
    (done,) = replay_each(recipes, tiny, [path], out)
    assert (done.result, done.reason) == (out / "a.tif", "")
    assert json.loads((out / "a.tif.recipe.json").read_text())["value_range"] == [0, 255]
    (kept,) = replay_each(recipes, tiny, [path], out, resume=True)
    assert kept == Done(path, done.result, kept=True)
    (other,) = replay_each(recipes, tiny, [path], out, resume=True, value_range=(0, 300))
    assert "not from this recipe" in other.reason
    (out / "b").mkdir()
    (asked,) = replay_each(recipes, tiny, [path], out / "b", value_range=(0, 300))
    assert json.loads(Path(f"{asked.result}.recipe.json").read_text())["value_range"] == [0, 300]
