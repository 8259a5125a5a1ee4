"""Recipes inside picture files: there, whole, and harmless when damaged."""

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.embedded import KEY, embedded, read_recipes

DTYPES = {".png": ("uint8", "uint16"), ".tif": ("uint8", "int8", "uint16", "float16", "float32", "float64")}


@pytest.fixture
def recipes(tiny: Classifier, photo: np.ndarray) -> tasks.Recipes:
    job = tasks.Job(tasks.Translate(steps=1), tiny, image=photo, label="church")
    recipe = tasks.record(job, 1, {"path": "ø/photo.png", "sha256": "0", "of": "pixels"})
    return tasks.Recipes(((0, recipe),))


@pytest.mark.parametrize(("suffix", "dtype"), [(s, dtype) for s, found in DTYPES.items() for dtype in found])
def test_the_recipe_comes_back_and_no_bit_changes(
    tmp_path: Path, recipes: tasks.Recipes, suffix: str, dtype: str
) -> None:
    pixels = (np.random.default_rng(0).random((20, 30)) * 99).astype(dtype)
    path = tmp_path / f"a{suffix}"
    path.write_bytes(encode.encode(path, pixels, None, recipes))
    assert embedded(path) == read_recipes(path) == recipes
    back = decode.read(path).pixels
    assert back.dtype == pixels.dtype
    np.testing.assert_array_equal(back, pixels)


def test_a_picture_without_one(tmp_path: Path, photo: np.ndarray) -> None:
    for name in ("a.png", "a.tif", "a.jpg"):
        path = tmp_path / name
        path.write_bytes(encode.encode(path, photo))
        assert embedded(path) is None
    with pytest.raises(ValueError, match="carries no recipe"):
        read_recipes(tmp_path / "a.png")


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "null", "{}", '{"format": 1, "objects": []}', "\xff"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_damaged_one_is_one_line(tmp_path: Path, photo: np.ndarray, suffix: str, text: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".png":
        Image.fromarray(photo).save(path, **encode.png_options(text))
    else:
        tifffile.imwrite(path, photo, photometric="rgb", metadata={KEY: text})
    with pytest.raises(ValueError, match="damaged") as caught:
        embedded(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_damaged_file_is_one_line(tmp_path: Path, photo: np.ndarray, recipes: tasks.Recipes) -> None:
    for name in ("a.png", "a.tif"):
        path = tmp_path / name
        path.write_bytes(encode.encode(path, photo, None, recipes)[:30])
        with pytest.raises(ValueError, match="can't be read") as caught:
            embedded(path)
        assert len(str(caught.value).splitlines()) == 1


def test_objects_come_back(recipes: tasks.Recipes, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    job = tasks.Job(tasks.Counterfactual(steps=1), tiny, image=photo, mask=mask, label="church")
    both = tasks.Recipes(tuple((n, tasks.record(job, 1, None)) for n in (2, 5)), "objects")
    assert tasks.Recipes.from_dict(json.loads(both.to_bytes())) == both
    raw = both.to_dict()
    for damage in ({"object": 0}, {"object": "2"}, {"recipe": None}, {"recipe": recipes.first.to_dict()}):
        with pytest.raises(ValueError, match=r"object|recipe"):
            tasks.Recipes.from_dict({**raw, "objects": [{**raw["objects"][0], **damage}]})
