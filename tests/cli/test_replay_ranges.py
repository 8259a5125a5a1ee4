"""`replay` with a range of values, and of a part or one slice of a picture."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth import load_classifier, tasks
from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.embedded import embedded
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.recipe import pixel_hash
from tests.cli.conftest import Cli
from tests.cli.test_replay import paint


def test_the_range_of_a_float_picture(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    recipe, path = paint(cli, tiny_model_folder), Path("float.tif")
    path.write_bytes(encode.encode(path, np.linspace(0, 4000, 72 * 96, dtype=np.float32).reshape(72, 96)))
    refused = cli("replay", recipe, "--image", path, "-o", "out/b.tif")
    assert refused.code == 2 and "float image has values from 0 to 4000" in refused.err
    result = cli("replay", recipe, "--image", path, "--range", "0,4095", "-o", "out/b.tif")
    assert (result.code, result.err) == (0, "")
    assert json.loads(Path("out/b.tif.recipe.json").read_text())["value_range"] == [0, 4095]
    refused = cli("replay", recipe, "--image", path, "--range", "9,1", "-o", "out/c.tif")
    assert refused.code == 2 and "9 to 1, but it must be finite and rise" in refused.err


@pytest.mark.parametrize("other", [[], ["--image", "photo.png"]])
def test_the_range_of_several_results(cli: Cli, here: Path, tiny_model_folder: Path, other: list[str]) -> None:
    recipe = json.loads(paint(cli, tiny_model_folder).read_text())
    results = [{"title": f"seed {seed}", "recipe": recipe | {"seed": seed}} for seed in (1, 2)]
    Path("out/both.recipe.json").write_text(json.dumps({"format": 1, "axis": "seed", "results": results}))
    result = cli("replay", "out/both.recipe.json", *other, "--range", "0,300", "-o", "both.tif")
    assert (result.code, result.err) == (0, "")
    assert [one.value_range for _, one in embedded(Path("both.tif")).numbered] == [(0, 300)] * 2


def test_one_slice_is_made_again_and_again(cli: Cli, here: Path, tiny_model_folder: Path, mask: np.ndarray) -> None:
    stack, path = np.random.default_rng(0).integers(0, 255, (3, 90, 120), np.uint8), Path("stack.tif")
    path.write_bytes(encode_stack(path, stack, False))
    pixels = stack[2, 8:80, 20:116]
    job = tasks.Job(tasks.Paint(steps=2), load_classifier(tiny_model_folder), image=pixels, mask=mask, label="church")
    image = {"path": "stack.tif", "sha256": pixel_hash(pixels), "of": "pixels", "index": [2], "part": [8, 20, 80, 116]}
    recipe = replace(tasks.record(job, 2, image), model=str(tiny_model_folder))
    Path("slice.recipe.json").write_bytes(tasks.Recipes(((0, recipe),)).to_bytes())
    made, expected = Path("slice.recipe.json"), job.run()
    for name, other in (("a", []), ("b", []), ("c", ["--image", "stack.tif"])):
        result = cli("replay", made, *other, "-o", f"out/{name}.tif")
        assert (result.code, result.err) == (0, "")
        made = Path(f"out/{name}.tif")
        np.testing.assert_array_equal(decode.read(made).pixels, expected)
        assert embedded(made).first.image == image | {"path": "../stack.tif"}
