"""A recipe gives the same pixels again, or the same work on another picture."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_robust_synth import load_classifier, tasks
from napari_robust_synth.pictures import decode
from napari_robust_synth.tasks.recipe import pixel_hash
from tests.cli.conftest import Cli

RUNS = {
    "paint": ["--mask", "mask.png", "--feature", "5"],
    "inpaint": ["--mask", "mask.png"],
    "translate": ["--label", "church", "--size", "40"],
    "sketch": ["--label", "tench", "--eps", "3"],
    "super-resolve": ["--factor", "2", "--start", "bicubic"],
}


def paint(cli: Cli, model: Path, image: str = "photo.png", out: str = "out/a.png") -> Path:
    result = cli(
        *("paint", image, "--mask", "mask.png", "--label", "church", "-o", out, "--steps", 2, "--quiet"),
        *("--model", model, "--device", "cpu"),
    )
    assert (result.code, result.err) == (0, "")
    return Path(f"{out}.recipe.json")


@pytest.mark.parametrize("task", RUNS)
def test_same_pixels(cli: Cli, here: Path, tiny_model_folder: Path, task: str) -> None:
    run = cli(task, "photo.png", *RUNS[task], "-o", "out/a.tif", "--steps", 4, "--model", tiny_model_folder, "--json")
    assert run.code == 0
    (here / "again").mkdir()
    result = cli("replay", "out/a.tif.recipe.json", "-o", "again/b.png", "--json")
    assert (result.code, result.err) == (0, "")
    np.testing.assert_array_equal(decode.read(Path("again/b.png")).pixels, decode.read(Path("out/a.tif")).pixels)
    for same in ("task", "steps", "loss", "label", "probability", "l2", "features", "preset", "seed"):
        assert result.json[same] == run.json[same]
    first, second = (json.loads(Path(p).read_text()) for p in ("out/a.tif.recipe.json", "again/b.png.recipe.json"))
    assert first == second


def test_generate_gives_all_pictures_again(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    common = ["--label", "church", "-n", 17, "--steps", 2, "--model", tiny_model_folder, "--size", 32, "--quiet"]
    assert cli("generate", *common, "--seeds", "photo.png", "-o", "many").code == 0
    result = cli("replay", "many/church-003.png.recipe.json", "-o", "again", "--json")
    assert (result.code, result.err) == (0, "")
    assert len(result.json["outputs"]) == len(result.json["l2"]) == 17
    recipe = json.loads(Path("many/church-003.png.recipe.json").read_text())
    assert result.json["steps"] == 2 * -(-17 // recipe["batch"])
    for path in Path("many").glob("*.png"):
        assert path.read_bytes() == Path("again", path.name).read_bytes()


def test_changes_and_an_early_stop_are_replayed(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    picture = decode.read(Path("photo.png"))
    job = tasks.Job(tasks.Translate(steps=9), load_classifier(tiny_model_folder), image=picture.pixels, label="tench")
    plain = job.run()
    states = job.states()
    state = next(states)
    while state.step < 6:
        change = {2: {"step_size": 4.0}, 4: {"eps": 5.0}}.get(state.step)
        state = next(states) if change is None else states.send(change)
    image = {"path": "photo.png", "sha256": picture.sha256, "of": "file"}
    Path("live.recipe.json").write_text(json.dumps(tasks.record(job, state.step, image).to_dict()))
    result = cli("replay", "live.recipe.json", "-o", "out/a.png", "--model", tiny_model_folder, "--json")
    assert (result.code, result.err) == (0, "")
    assert result.json["steps"] == 6
    again = decode.read(Path("out/a.png")).pixels
    np.testing.assert_array_equal(again, job.result(state.x))
    assert (again != plain).any()
    recipe = json.loads(Path("out/a.png.recipe.json").read_text())
    assert recipe["changes"] == [[2, {"step_size": 4.0}], [4, {"eps": 5.0}]]
    assert recipe["last_step"] == 6


def test_a_folder_that_moved_with_its_model(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    shutil.copytree(tiny_model_folder, "models/mine")
    paint(cli, Path("models/mine"))
    assert json.loads(Path("out/a.png.recipe.json").read_text())["model"] == "../models/mine"
    moved = here / "moved"
    moved.mkdir()
    for name in ("models", "out", "photo.png"):
        shutil.move(name, moved)
    assert cli("replay", moved / "out" / "a.png.recipe.json", "-o", "b.png").code == 0
    np.testing.assert_array_equal(decode.read(Path("b.png")).pixels, decode.read(moved / "out" / "a.png").pixels)


def test_a_model_beside_the_recipe_is_no_name(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    shutil.copytree(tiny_model_folder, "out/bundled")
    recipe = paint(cli, Path("out/bundled"))
    assert json.loads(recipe.read_text())["model"] == "./bundled"
    assert cli("replay", recipe, "-o", "b.png").code == 0


def test_another_picture_than_then_is_refused(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    recipe = paint(cli, tiny_model_folder)
    Image.fromarray(255 - decode.read(Path("photo.png")).pixels).save("photo.png")
    result = cli("replay", recipe, "-o", "b.png")
    assert result.code == 2
    assert "photo.png has the hash" in result.err
    assert "restore that picture" in result.err
    Path("photo.png").unlink()
    assert "photo.png: no such file" in cli("replay", recipe, "-o", "b.png").err
    assert not Path("b.png").exists()


def test_another_model_than_then_is_refused(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    shutil.copytree(tiny_model_folder, "mine")
    recipe = paint(cli, Path("mine"))
    weights = Path("mine/model.safetensors")
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    result = cli("replay", recipe, "-o", "b.png")
    assert result.code == 2
    assert "the weights of model '../mine' have the hash" in result.err
    assert len(result.err.splitlines()) == 1
    assert not Path("b.png").exists()
    assert cli("replay", recipe, "-o", "b.png", "--model", tiny_model_folder).code == 0
    shutil.rmtree("mine")
    assert "no model '../mine'" in cli("replay", recipe, "-o", "c.png").err


def test_another_picture_on_purpose(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    recipe = paint(cli, tiny_model_folder)
    other = np.random.default_rng(0).integers(0, 65_535, (72, 96), np.uint16)
    tifffile.imwrite("other.tif", other)
    result = cli("replay", recipe, "--image", "other.tif", "-o", "out/b.tif", "--json")
    assert (result.code, result.err) == (0, "")
    again = cli("replay", "out/b.tif.recipe.json", "-o", "out/c.tif", "--json")
    assert (again.code, again.err) == (0, "")
    changed = decode.read(Path("out/b.tif")).pixels
    assert changed.dtype == np.uint16
    mask = decode.read(Path("mask.png")).pixels > 0
    np.testing.assert_array_equal(changed[~mask], other[~mask])
    assert np.abs(changed[mask] - other[mask].astype(int)).max() > 255
    np.testing.assert_array_equal(decode.read(Path("out/c.tif")).pixels, changed)
    recorded = json.loads(Path("out/b.tif.recipe.json").read_text())
    assert recorded["image"]["path"] == "../other.tif"
    assert recorded["value_range"] == [0, 65_535]
    assert cli("replay", recipe, "--image", "other.tif", "--range", "0,4095", "-o", "out/d.tif").code == 0
    assert json.loads(Path("out/d.tif.recipe.json").read_text())["value_range"] == [0, 4095]


def test_a_recipe_from_a_layer(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    recipe = paint(cli, tiny_model_folder)
    raw = json.loads(recipe.read_text())
    digest = pixel_hash(decode.read(Path("photo.png")).pixels)
    Path("pixels.json").write_text(json.dumps({**raw, "image": {"path": None, "sha256": digest, "of": "pixels"}}))
    model = ["--model", tiny_model_folder]
    assert "give the picture with --image" in cli("replay", "pixels.json", "-o", "b.png", *model).err
    assert cli("replay", "pixels.json", "--image", "photo.png", "-o", "b.png", *model).code == 0
    np.testing.assert_array_equal(decode.read(Path("b.png")).pixels, decode.read(Path("out/a.png")).pixels)


def test_a_picture_carries_its_recipe(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    paint(cli, tiny_model_folder).unlink()
    assert cli("replay", "out/a.png", "-o", "b.png").code == 0
    np.testing.assert_array_equal(decode.read(Path("b.png")).pixels, decode.read(Path("out/a.png")).pixels)
    assert "photo.png carries no recipe" in cli("replay", "photo.png", "-o", "c.png").err


def test_other_versions_are_noted(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    recipe = paint(cli, tiny_model_folder)
    raw = json.loads(recipe.read_text())
    recipe.write_text(json.dumps({**raw, "versions": {**raw["versions"], "torch": "0.1", "nowhere": "1"}}))
    result = cli("replay", recipe, "-o", "out/b.png")
    assert result.code == 0
    assert "the recipe was made with torch 0.1, here is " in result.err
    assert "nowhere 1, here is absent" in result.err
    assert cli("replay", recipe, "-o", "out/b.png", "--quiet").err == ""


def test_generate_starts_from_no_other_picture(cli: Cli, here: Path, tiny_model_folder: Path) -> None:
    common = ["--label", "church", "-n", 1, "--steps", 1, "--model", tiny_model_folder]
    assert cli("generate", *common, "-o", "many").code == 0
    result = cli("replay", "many/church-000.png.recipe.json", "--image", "photo.png", "-o", "again")
    assert result.code == 2
    assert "leave out --image" in result.err
