"""Recipes of slices and of several results, and a picture of another size."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth import load_classifier, tasks
from napari_robust_synth.pictures import decode
from napari_robust_synth.pictures.embedded import embedded
from napari_robust_synth.pictures.stacks import encode_stack, read_stack
from napari_robust_synth.tasks.recipe import pixel_hash
from tests.cli.conftest import Cli
from tests.cli.test_replay import paint


def test_a_mask_is_scaled_to_a_picture_of_another_size(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    recipe = paint(cli, tiny_model_folder)
    small = np.random.default_rng(0).integers(0, 255, (36, 48, 3), np.uint8)
    Image.fromarray(small).save("small.png")
    result = cli("replay", recipe, "--image", "small.png", "-o", "out/b.png")
    said = "note: the mask was scaled from 96 x 72 px to the picture's 48 x 36 px\n"
    assert (result.code, result.err) == (0, said)
    changed = (decode.read(Path("out/b.png")).pixels != small).any(-1)
    assert changed.any() and not changed[decode.read(Path("mask.png")).pixels[1::2, 1::2] == 0].any()
    assert cli("replay", "out/b.png", "-o", "out/c.png").code == 0
    np.testing.assert_array_equal(decode.read(Path("out/c.png")).pixels, decode.read(Path("out/b.png")).pixels)


@pytest.fixture
def slices(here: Path, tiny_model_folder: Path) -> np.ndarray:
    """The recipes of slices 0 and 2 of a stack in a file, each of another part; returns what they make."""
    stack = np.random.default_rng(0).integers(0, 4095, (2, 3, 72, 96), np.uint16)
    Path("stack.tif").write_bytes(encode_stack(Path("stack.tif"), stack, False))
    classifier, numbered, expected = load_classifier(tiny_model_folder), [], stack[1, :, 4:60, 10:90].copy()
    for number, (top, left, bottom, right) in ((0, (4, 10, 50, 70)), (2, (10, 20, 60, 90))):
        pixels = stack[1, number, top:bottom, left:right]
        job = tasks.Job(tasks.Translate(steps=2), classifier, image=pixels, label="church", value_range=(0, 4095))
        image = {"path": "stack.tif", "sha256": pixel_hash(pixels), "of": "pixels", "index": (1, number)}
        recipe = tasks.record(job, 2, image | {"part": (top, left, bottom, right)})
        numbered.append((number, replace(recipe, model=str(tiny_model_folder))))
        expected[number, top - 4 : bottom - 4, left - 10 : right - 10] = job.run()
    Path("slices.recipe.json").write_bytes(tasks.Recipes(tuple(numbered), "slices", 1).to_bytes())
    return expected


def test_slices_of_a_stack(cli: Cli, slices: np.ndarray) -> None:
    result = cli("replay", "slices.recipe.json", "-o", "out/a.tif", "--json")
    assert (result.code, result.err) == (0, "") and result.json["count"] == 2
    np.testing.assert_array_equal(read_stack(Path("out/a.tif"))[0], slices)
    assert cli("replay", "out/a.tif", "-o", "b.tif", "--quiet").code == 0
    np.testing.assert_array_equal(read_stack(Path("b.tif"))[0], slices)
    assert "is written as .tif" in cli("replay", "slices.recipe.json", "-o", "a.png").err
    stack, _ = read_stack(Path("stack.tif"))
    for name, other in (
        ("other", 4095 - stack),
        ("flat", stack[0]),
        ("short", stack[:, :2]),
        ("small", stack[..., :60]),
    ):
        Path(f"{name}.tif").write_bytes(encode_stack(Path(f"{name}.tif"), other, False))
    assert cli("replay", "slices.recipe.json", "--image", "other.tif", "-o", "out/c.tif").code == 0
    changed = read_stack(Path("out/c.tif"))[0] != (4095 - stack)[1, :, 4:60, 10:90]
    assert changed.any((1, 2)).tolist() == [True, False, True]
    assert embedded(Path("out/c.tif")).first.image["path"] == "../other.tif"
    for name, said in (("flat", "expected 2 axes"), ("short", "has 2 slices"), ("small", "lies outside")):
        result = cli("replay", "slices.recipe.json", "--image", f"{name}.tif", "-o", "out/d.tif")
        assert result.code == 2 and said in result.err and len(result.err.splitlines()) == 1
    Path("stack.tif").write_bytes(encode_stack(Path("stack.tif"), 4095 - stack, False))
    assert "restore that picture" in cli("replay", "slices.recipe.json", "-o", "e.tif").err


def test_several_results(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    recipe = json.loads(paint(cli, tiny_model_folder).read_text())
    results = [
        {"title": f"eps {eps}", "recipe": recipe | {"parameters": recipe["parameters"] | {"eps": eps}}}
        for eps in (1, 9)
    ]
    Path("out/both.recipe.json").write_text(json.dumps({"format": 1, "axis": "strength", "results": results}))
    result = cli("replay", "out/both.recipe.json", "-o", "both.tif")
    assert (result.code, result.err) == (0, "") and "2 results" in result.out
    one, other = read_stack(Path("both.tif"))[0]
    photo = decode.read(Path("photo.png")).pixels.astype(int)
    assert np.abs(one - photo).sum() < np.abs(other - photo).sum()
    assert embedded(Path("both.tif")).titles == ("eps 1", "eps 9")
