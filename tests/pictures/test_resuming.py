"""A result that is there is kept when it came of the same recipe and picture, and else left alone."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.folders import Done
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.many import Load
from napari_robust_synth.tasks.recipe import pixel_hash
from napari_robust_synth.tasks.recipes import Recipes


@pytest.fixture
def recipes(tmp_path: Path, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> Recipes:
    """A recipe of the photo; beside it a smaller one, `small.png`."""
    Image.fromarray(photo).save(tmp_path / "photo.png")
    Image.fromarray(photo[::2, ::2]).save(tmp_path / "small.png")
    job = tasks.Job(tasks.Paint(steps=2), tiny, image=photo, mask=mask, label="church")
    image = {"path": str(tmp_path / "photo.png"), "sha256": decode.read(tmp_path / "photo.png").sha256, "of": "file"}
    return Recipes(((0, tasks.record(job, 2, image)),))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def refusing(recipe: object) -> Classifier:
    raise AssertionError(f"made again: {recipe}")


def again(recipes: Recipes, classifier: Load, path: Path, out: Path) -> Done:
    (done,) = replay_each(recipes, classifier, [path], out, resume=True)
    return done


def go_on(recipes: Recipes, out: Path, name: str = "small.png") -> Done:
    return again(recipes, refusing, out.parent / name, out)


@pytest.fixture
def result(recipes: Recipes, tiny: Classifier, out: Path) -> Path:
    done = again(recipes, tiny, out.parent / "small.png", out)
    assert (done.reason, done.kept, done.result) == ("", False, out / "small.png")
    return out / "small.png"


def test_a_result_is_kept(recipes: Recipes, result: Path, out: Path) -> None:
    there = {path: path.read_bytes() for path in out.iterdir()}
    assert go_on(recipes, out) == Done(out.parent / "small.png", result, kept=True)
    assert {path: path.read_bytes() for path in out.iterdir()} == there


def test_one_of_an_older_version_is_kept(recipes: Recipes, result: Path, out: Path) -> None:
    first = recipes.first
    fewer = {name: value for name, value in first.parameters.items() if name != "keep"}
    assert fewer != first.parameters
    older = replace(first, parameters=fewer, label=None, versions={}, model="elsewhere")
    assert go_on(Recipes(((0, older),)), out).kept


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"threads": 7}, {"model_sha256": "0"}, {"label": "tench"}, {"last_step": 1}, {"size": 40}]
)
def test_one_of_another_recipe_is_refused(recipes: Recipes, result: Path, out: Path, change: dict[str, object]) -> None:
    done = go_on(recipes.each(lambda recipe: replace(recipe, **change)), out)
    assert done.result is None
    assert done.reason == f"{result} is already there, not from this recipe and picture: choose another folder"


def test_one_of_another_picture_mask_or_parameter_is_refused(recipes: Recipes, result: Path, out: Path) -> None:
    eps = {**recipes.first.parameters, "eps": 1.5}
    assert "already there" in go_on(recipes.each(lambda recipe: replace(recipe, parameters=eps)), out).reason
    mask = tasks.packing.pack_mask(np.eye(72, 96, dtype=bool))
    assert "already there" in go_on(recipes.each(lambda recipe: replace(recipe, mask=mask)), out).reason
    Image.fromarray(255 - decode.read(out.parent / "small.png").pixels).save(out.parent / "small.png")
    assert "already there" in go_on(recipes, out).reason


def test_a_file_that_is_no_result_is_refused(recipes: Recipes, result: Path, out: Path) -> None:
    Image.fromarray(decode.read(result).pixels).save(result)  # as another program saves it
    assert "already there" in go_on(recipes, out).reason
    (out / "small.png.recipe.json").write_text("{}")
    assert "already there" in go_on(recipes, out).reason


def test_what_a_killed_process_left_is_done_anew(recipes: Recipes, tiny: Classifier, result: Path, out: Path) -> None:
    made = result.read_bytes()
    result.unlink()
    done = again(recipes, tiny, out.parent / "small.png", out)
    assert (done.result, done.kept, result.read_bytes()) == (result, False, made)


def test_slices(tmp_path: Path, tiny: Classifier, photo: np.ndarray, out: Path) -> None:
    stack = np.stack([photo, photo[::-1]])
    image = {"path": None, "sha256": pixel_hash(stack[1]), "of": "pixels", "index": [1], "part": [0, 0, 72, 96]}
    job = tasks.Job(tasks.Translate(steps=1), tiny, image=stack[1], label="church")
    recipes = Recipes(((1, tasks.record(job, 1, image)),), "slices", 0)
    (tmp_path / "a.tif").write_bytes(encode_stack(tmp_path / "a.tif", stack, True))
    assert again(recipes, tiny, tmp_path / "a.tif", out).result == out / "a.tif"
    assert go_on(recipes, out, "a.tif").kept
    (tmp_path / "a.tif").write_bytes(encode_stack(tmp_path / "a.tif", 255 - stack, True))
    assert "already there" in go_on(recipes, out, "a.tif").reason


def test_a_float_picture_and_its_range(tmp_path: Path, tiny: Classifier, photo: np.ndarray, out: Path) -> None:
    job = tasks.Job(tasks.Translate(steps=1), tiny, image=photo, label="church")
    recipes = Recipes(((0, tasks.record(job, 1, {"path": None, "sha256": "0", "of": "pixels"})),))
    path = tmp_path / "f.tif"
    path.write_bytes(encode.encode(path, photo[..., 0].astype(np.float32) / 255))
    assert again(recipes, tiny, path, out).result
    assert json.loads((out / "f.tif.recipe.json").read_text())["value_range"] == [0, 1]
    assert go_on(recipes, out, "f.tif").kept
