"""The palette's command: a label image and a TOML file; live paintings replay from their recipe."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth import load_classifier, tasks
from napari_robust_synth.pictures import decode
from tests.cli.conftest import Cli

PALETTE = '[1]\nlabel = "Church"\n\n[7]\nfeatures = [3, 40]\nstrength = 2\n'


@pytest.fixture
def given(here: Path, mask: np.ndarray) -> Path:
    labels = np.where(mask, np.where(np.arange(96) < 46, 1, 7), 0).astype(np.uint8)
    Image.fromarray(labels).save("labels.png")
    Path("palette.toml").write_text(PALETTE)
    return here


def run(cli: Cli, model: Path, *more: object, labels: str = "labels.png") -> object:
    files = ("palette", "photo.png", "--labels", labels, "--palette", "palette.toml", "-o", "out/a.png")
    return cli(*files, "--steps", 3, "--model", model, *more)


def test_the_command_and_its_recipe(cli: Cli, given: Path, tiny_model_folder: Path) -> None:
    result = run(cli, tiny_model_folder, "--json")
    assert (result.code, result.err) == (0, "")
    assert result.json["palette"]["7"] == {"label": None, "features": [3, 40], "strength": 2.0}
    painted, labels = decode.read(Path("out/a.png")).pixels, decode.read(Path("labels.png")).pixels
    photo = decode.read(Path("photo.png")).pixels
    assert all((painted[labels == k] != photo[labels == k]).any() for k in (1, 7))
    np.testing.assert_array_equal(painted[labels == 0], photo[labels == 0])
    again = cli("replay", "out/a.png.recipe.json", "-o", "out/b.png", "--json")
    assert (again.code, again.err) == (0, "")
    np.testing.assert_array_equal(decode.read(Path("out/b.png")).pixels, painted)
    assert "palette: church, features 3, 40, loss" in run(cli, tiny_model_folder).out


def test_a_live_painting_is_replayed(cli: Cli, given: Path, tiny_model_folder: Path) -> None:
    picture = decode.read(Path("photo.png"))
    palette = {1: tasks.Target(label="church")}
    live = tasks.Live(
        tasks.Palette(steps=3, step_size=3.0), load_classifier(tiny_model_folder), image=picture.pixels, palette=palette
    )
    live.paint(10, 10, np.ones((20, 30), np.uint8))
    live.advance()
    live.paint(30, 40, np.ones((20, 30), np.uint8))
    list(live.states())
    image = {"path": "photo.png", "sha256": picture.sha256, "of": "file"}
    recipe = tasks.record(live, live.step, image).to_dict()
    Path("live.recipe.json").write_text(json.dumps(recipe))
    result = cli("replay", "live.recipe.json", "-o", "out/a.png", "--model", tiny_model_folder, "--json")
    assert (result.code, result.err) == (0, "")
    np.testing.assert_array_equal(decode.read(Path("out/a.png")).pixels, live.result())
    assert json.loads(Path("out/a.png.recipe.json").read_text())["changes"] == recipe["changes"]
    Path("late.recipe.json").write_text(json.dumps({**recipe, "last_step": 9}))
    result = cli("replay", "late.recipe.json", "-o", "out/b.png", "--model", tiny_model_folder)
    assert result.code == 2 and result.err == "error: last_step is 9, but the recipe's strokes give 4 steps\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[1", "palette.toml: "),
        ("", "palette.toml: the palette has 0 labels"),
        ("[1]\nlable = 3", "palette.toml: label 1 of the palette has 'lable'"),
        ('[1]\nlabel = "chruch"', "label 1 of the palette: unknown class 'chruch': the nearest are 'church'"),
        ("[2]\nfeatures = [1]", "the label image has 1, 7, but the palette is for 2"),
        (None, "palette.toml: no such file"),
    ],
)
def test_a_bad_palette(cli: Cli, given: Path, tiny_model_folder: Path, text: str | None, word: str) -> None:
    Path("palette.toml").unlink() if text is None else Path("palette.toml").write_text(text)
    result = run(cli, tiny_model_folder)
    assert result.code == 2 and result.err.startswith("error: ") and word in result.err
    assert len(result.err.splitlines()) == 1 and not list(Path("out").iterdir())


def test_coloured_labels_are_refused(cli: Cli, given: Path, tiny_model_folder: Path) -> None:
    result = run(cli, tiny_model_folder, labels="photo.png")
    assert result.code == 2 and "expected one whole number a pixel" in result.err
