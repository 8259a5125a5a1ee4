"""What belongs to a part of a large picture, or to a slice, stays there in another picture."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode, encode, replay
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.folders import Done
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.pictures.stacks import encode_stack
from napari_robust_synth.tasks.fitting import fitted
from napari_robust_synth.tasks.recipe import pixel_hash
from napari_robust_synth.tasks.recipes import Recipes

PART = (10, 20, 82, 116)
INNER = np.s_[10:82, 20:116]


def painted(tiny: Classifier, pixels: np.ndarray, mask: np.ndarray) -> tasks.Job:
    return tasks.Job(tasks.Paint(steps=2), tiny, image=pixels, mask=mask, label="church")


@pytest.fixture
def large(photo: np.ndarray) -> np.ndarray:
    """A picture with room for the part, and more."""
    return np.pad(photo, ((10, 8), (20, 4), (0, 0)), "reflect")


def written(path: Path, pixels: np.ndarray) -> Path:
    path.write_bytes(encode_stack(path, pixels, True) if pixels.ndim == 4 else encode.encode(path, pixels))
    return path


def recipes_of(job: tasks.Job, path: Path, model: Path, pixels: np.ndarray, **where: Any) -> Recipes:
    image = {"path": str(path), "sha256": pixel_hash(pixels), "of": "pixels", "part": PART, **where}
    recipes = Recipes(((0, tasks.record(job, 2, image)),))
    return Recipes.from_dict(recipes.to_dict() | {"model": str(model)})


@pytest.fixture
def of_part(
    tiny: Classifier, tiny_model_folder: Path, large: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> tuple[Recipes, Path]:
    """The recipe of a part, and a file with it."""
    job, path = painted(tiny, large[INNER], mask), written(tmp_path / "large.png", large)
    recipes = recipes_of(job, path, tiny_model_folder, large[INNER], index=[])
    (tmp_path / "r.recipe.json").write_bytes(recipes.to_bytes())
    return recipes, tmp_path / "r.recipe.json"


@pytest.fixture
def of_slice(
    tiny: Classifier, tiny_model_folder: Path, large: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> tuple[Recipes, Path]:
    """The recipe of a part of one slice of a stack, and a file with it."""
    stack = np.stack([large, 255 - large, large[::-1]])
    job, path = painted(tiny, stack[1][INNER], mask), written(tmp_path / "stack.tif", stack)
    recipes = recipes_of(job, path, tiny_model_folder, stack[1][INNER], index=[1])
    (tmp_path / "r.recipe.json").write_bytes(recipes.to_bytes())
    return recipes, tmp_path / "r.recipe.json"


def test_a_part_stays_where_it_is(
    of_part: tuple[Recipes, Path], tiny: Classifier, large: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    _, recipe = of_part
    np.testing.assert_array_equal(replay(recipe), painted(tiny, large[INNER], mask).run())
    other = np.pad(255 - large, ((0, 30), (0, 50), (0, 0)))
    path = written(tmp_path / "other.png", other)
    np.testing.assert_array_equal(replay(recipe, path), painted(tiny, other[INNER], mask).run())
    small = written(tmp_path / "small.png", large[:60])
    with pytest.raises(ValueError, match="lies outside the picture of 120 x 60 px"):
        replay(recipe, small)


def test_a_folder_of_large_pictures(
    of_part: tuple[Recipes, Path], tiny: Classifier, large: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    (recipes, _), out = of_part, tmp_path / "out"
    out.mkdir()
    path = written(tmp_path / "other.png", 255 - large)
    (done,) = replay_each(recipes, tiny, [path], out)
    assert done == Done(path, out / "other.png")
    result = decode.read(done.result).pixels
    np.testing.assert_array_equal(result, painted(tiny, 255 - large[INNER], mask).run())
    np.testing.assert_array_equal(replay(done.result), result)
    image = read_recipes(done.result).first.image
    hashed = pixel_hash(255 - large[INNER])
    assert image == {"path": "../other.png", "sha256": hashed, "of": "pixels", "part": list(PART)}
    (kept,) = replay_each(recipes, tiny, [path], out, resume=True)
    assert kept.kept
    written(path, large)
    (other,) = replay_each(recipes, tiny, [path], out, resume=True)
    assert "not from this recipe and picture" in other.reason


def test_one_slice_alone(
    of_slice: tuple[Recipes, Path], tiny: Classifier, large: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    recipes, recipe = of_slice
    np.testing.assert_array_equal(replay(recipe), painted(tiny, 255 - large[INNER], mask).run())
    expected = painted(tiny, large[:, ::-1][INNER], mask).run()
    path = written(tmp_path / "other.tif", np.stack([large, large[:, ::-1]]))
    np.testing.assert_array_equal(replay(recipe, path), expected)
    (tmp_path / "out").mkdir()
    (done,) = replay_each(recipes, tiny, [path], tmp_path / "out")
    np.testing.assert_array_equal(decode.read(done.result).pixels, expected)
    np.testing.assert_array_equal(replay(done.result), expected)
    image = read_recipes(done.result).first.image
    assert (image["index"], image["part"]) == ([1], list(PART))
    short = written(tmp_path / "short.tif", np.stack([large]))
    with pytest.raises(ValueError, match="but the recipe is of slice"):
        replay(recipe, short)


@pytest.mark.parametrize("name", ["flat.png", "flat.tif"])
def test_a_slice_in_a_file_of_one_picture(
    of_slice: tuple[Recipes, Path], tiny: Classifier, large: np.ndarray, mask: np.ndarray, tmp_path: Path, name: str
) -> None:
    recipes, _ = of_slice
    path = written(tmp_path / name, large)
    (tmp_path / "out").mkdir()
    (done,) = replay_each(recipes, tiny, [path], tmp_path / "out")
    np.testing.assert_array_equal(replay(done.result), painted(tiny, large[INNER], mask).run())
    assert "index" not in read_recipes(done.result).first.image


def test_the_mask_of_a_part_stays(of_part: tuple[Recipes, Path]) -> None:
    recipes, _ = of_part
    assert fitted(recipes, (100, 120, 3)) == (recipes, "")
