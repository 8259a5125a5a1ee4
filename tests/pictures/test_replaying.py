"""Recipes made again from Python, and a folder of pictures."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode, encode, replay
from napari_robust_synth.pictures.embedded import read_recipes
from napari_robust_synth.pictures.folders import pictures_in
from napari_robust_synth.pictures.origin import anchored, seen_from
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.pictures.stacks import encode_stack, read_stack
from napari_robust_synth.tasks.recipe import pixel_hash


@pytest.fixture
def church(tmp_path: Path, tiny: Classifier, tiny_model_folder: Path, photo: np.ndarray) -> Path:
    """A picture that became a church, with its recipe inside."""
    Image.fromarray(photo).save(tmp_path / "photo.png")
    job = tasks.Job(tasks.Translate(steps=2), tiny, image=photo, label="church")
    sha256 = decode.read(tmp_path / "photo.png").sha256
    recipe = tasks.record(job, 2, {"path": str(tmp_path / "photo.png"), "sha256": sha256, "of": "file"})
    recipe = seen_from(replace(recipe, model=str(tiny_model_folder)), tmp_path)
    path = tmp_path / "church.tif"
    path.write_bytes(encode.encode(path, job.run(), None, tasks.Recipes(((0, recipe),))))
    return path


def test_the_same_pixels_wherever_it_lies(church: Path, tmp_path: Path) -> None:
    np.testing.assert_array_equal(replay(church), decode.read(church).pixels)
    (tmp_path / "photo.png").unlink()
    with pytest.raises(ValueError, match=r"photo\.png: no such file"):
        replay(church)


def test_another_picture_and_the_threads_are_given_back(church: Path, tmp_path: Path, photo: np.ndarray) -> None:
    grey = photo[..., 0].astype(np.uint16) * 200
    path = tmp_path / "grey.tif"
    path.write_bytes(encode.encode(path, grey))
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        result = replay(church, path)
        assert torch.get_num_threads() == threads + 1
    finally:
        torch.set_num_threads(threads)
    assert result.dtype == np.uint16
    assert (result != grey).any()


def test_a_folder_goes_on_after_a_bad_picture(church: Path, tmp_path: Path, tiny: Classifier) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    out.mkdir()
    (folder / "a.png").write_bytes(b"no picture")
    shutil.copy(tmp_path / "photo.png", folder / "b.png")
    Image.open(tmp_path / "photo.png").save(folder / "c.jpg")
    (folder / "notes.txt").write_text("no picture either")
    recipes, seen = read_recipes(church).each(lambda r: anchored(r, tmp_path)), []
    pictures = pictures_in(folder)
    for _ in range(2):
        seen.append(list(replay_each(recipes, tiny, pictures, out, lambda step, steps: None)))
    first, second = seen
    assert [d.result and d.result.name for d in first] == [None, "b.png", "c.png"]
    assert "not a picture" in first[0].reason
    assert all("already there" in d.reason for d in second[1:])
    np.testing.assert_array_equal(decode.read(out / "b.png").pixels, decode.read(church).pixels)
    np.testing.assert_array_equal(replay(out / "c.png"), decode.read(out / "c.png").pixels)
    assert sorted(p.name for p in out.iterdir()) == ["b.png", "b.png.recipe.json", "c.png", "c.png.recipe.json"]


def test_a_folder_of_stacks_for_the_recipes_of_slices(tmp_path: Path, tiny: Classifier, photo: np.ndarray) -> None:
    stack = np.stack([photo, photo[::-1]])
    image = {"path": None, "sha256": pixel_hash(stack[1]), "of": "pixels", "index": [1], "part": [0, 0, 72, 96]}
    job = tasks.Job(tasks.Translate(steps=2), tiny, image=stack[1], label="church")
    recipes = tasks.Recipes(((1, tasks.record(job, 2, image)),), "slices", 0)
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    out.mkdir()
    (folder / "a.tif").write_bytes(encode_stack(folder / "a.tif", stack, True))
    (folder / "b.png").write_bytes(encode.encode(folder / "b.png", photo))
    (folder / "c.tif").write_bytes(encode_stack(folder / "c.tif", stack[:1], True))
    done, *failed = replay_each(recipes, lambda _: tiny, pictures_in(folder), out, lambda step, steps: None)
    assert (
        done.result == out / "a.tif" and ["as .tif" in d.reason or "1 slices" in d.reason for d in failed] == [True] * 2
    )
    pixels, rgb = read_stack(done.result)
    assert rgb and np.array_equal(pixels, [stack[0], job.run()])
    assert read_recipes(done.result).first.image["path"] == "../in/a.tif"
