"""The fit-seeds command: a model learns from pictures where its own begin."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

from napari_robust_synth.core.seeds import to_pixels
from napari_robust_synth.features import name_features
from napari_robust_synth.models import Classifier, load_classifier
from tests.cli.conftest import Cli

LEVELS = {"tench": (40, 200), "church": (90, 90), "golden retriever": (220, 220)}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six grey pictures of each class, three of either level."""
    random = np.random.default_rng(0)
    for name, levels in LEVELS.items():
        folder = tmp_path / "data" / name
        folder.mkdir(parents=True)
        for i in range(6):
            pixels = levels[i % 2] + random.integers(-5, 5, (64, 64, 3))
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{i}.png")
    return tmp_path / "data"


@pytest.fixture
def model(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


def test_a_models_seeds_are_replaced(cli: Cli, model: Path, data: Path, tmp_path: Path) -> None:
    weights = (model / "model.safetensors").read_bytes()
    result = cli("fit-seeds", model, data, "--rank", 2)
    assert (result.code, result.out) == (0, f"wrote {model}\n")
    assert result.err == "18 pictures to fit on: 6 church, 6 golden retriever, 6 tench\n"
    assert (model / "model.safetensors").read_bytes() == weights
    assert set(load_file(model / "seeds.safetensors")) == {"mean", "factor", "residual"}
    out = tmp_path / "drawn"
    assert cli("generate", "--model", model, "--label", "church", "-n", 1, "--steps", 1, "-o", out).code == 0


def test_names_of_features_stay(
    cli: Cli, model: Path, data: Path, tiny: Classifier, photo_file: Path, mask_file: Path, home: Path
) -> None:
    call = ("features", photo_file, "--mask", mask_file, "--model", model, "--device", "cpu", "--top", 1, "--json")
    best = cli(*call).json["features"][0]["component"]
    shutil.rmtree(home, ignore_errors=True)
    name_features(tiny.sha256, [best], "dots")
    assert cli("fit-seeds", model, data, "--rank", 2).code == 0
    assert load_classifier(model).sha256 != tiny.sha256
    assert cli(*call).json["features"][0]["name"] == "dots"


def test_a_mixture_in_a_new_folder(cli: Cli, model: Path, data: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in model.iterdir()}
    result = cli("fit-seeds", model, data, "--rank", 2, "--components", 2, "-o", tmp_path / "new", "--json")
    assert result.json["components"] == 2
    assert {path.name: path.read_bytes() for path in model.iterdir()} == before
    new = load_classifier(tmp_path / "new")
    assert new.seeds is not None and new.seeds.weight is not None
    greys = to_pixels(new.seeds.mean.float()).mean(2).sort(1).values * 255
    expected = [sorted(LEVELS[name]) for name in new.class_names]
    assert np.allclose(greys[0], expected[0], atol=3) and np.allclose(greys[2], expected[2], atol=3)
    again = cli("fit-seeds", model, data, "--rank", 2, "-o", tmp_path / "new")
    assert again.code == 2 and "already holds a model" in again.err


def test_folders_are_named_by_a_config(cli: Cli, model: Path, data: Path, tmp_path: Path) -> None:
    (data / "tench").rename(data / "n01440764")
    config = '[classes]\nn01440764 = "tench"\n'
    (tmp_path / "mine.toml").write_text(config)
    assert cli("fit-seeds", model, data, "--rank", 2).code == 2
    assert cli("fit-seeds", model, data, "--rank", 2, "--config", tmp_path / "mine.toml").code == 0
    (model / "config.toml").write_text(config)
    assert cli("fit-seeds", model, data, "--rank", 2).code == 0, "a model that train made knows its folders"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("missing", "the pictures' 2 classes are not the model's 3: they lack 'tench'; rename the folders"),
        ("odd", "the pictures' 4 classes are not the model's 3: they have 'cat', which the model does not know"),
        ("few", "class 'tench' has 6 pictures, but its seed statistics need 21: add pictures, or choose a lower rank"),
        ("bundled", "the bundled model belongs to the package: say with -o which model folder to make"),
        ("model", "no model 'nothing'"),
        ("data", "is not a folder of pictures"),
    ],
)
def test_refuses(cli: Cli, model: Path, data: Path, spoil: str, message: str) -> None:
    before, name = (model / "seeds.safetensors").read_bytes(), {"bundled": "bundled", "model": "nothing"}
    if spoil == "missing":
        shutil.rmtree(data / "tench")
    elif spoil == "odd":
        shutil.copytree(data / "tench", data / "cat")
    elif spoil == "data":
        shutil.rmtree(data)
    result = cli("fit-seeds", name.get(spoil, model), data)
    assert result.code == 2 and message in result.err and result.err.count("\n") == 1 + (spoil == "few")
    assert (model / "seeds.safetensors").read_bytes() == before
