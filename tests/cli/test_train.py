"""The train command."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Cli

CONFIG = """
arch = "resnet18"
size = 32
epochs = 2
batch = 4
workers = 0
seed_rank = 2
[classes]
n1 = "light"
n2 = "dark"
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for part, count in (("train", 4), ("val", 2)):
        for name, offset in (("n1", 128), ("n2", 0)):
            folder = tmp_path / "data" / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                Image.fromarray(random.integers(offset, offset + 127, (40, 40, 3), np.uint8)).save(folder / f"{i}.png")
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path / "data"


def test_trains_a_model_that_works(cli: Cli, tmp_path: Path, data: Path, photo_file: Path) -> None:
    model = tmp_path / "mine"
    result = cli("train", data, "-o", model, "--config", tmp_path / "config.toml", "--device", "cpu", "--json")
    assert result.code == 0
    assert result.err.startswith("epoch 1/2, loss ")
    assert len(result.err.splitlines()) == 2
    assert result.json["metrics"]["validation pictures"] == 4
    assert "clean accuracy" in result.json["metrics"]
    assert cli("classify", photo_file, "--model", model).code == 0
    assert "class_names: light, dark" in cli("models", "info", model).out


def test_without_validation_pictures(cli: Cli, tmp_path: Path, data: Path) -> None:
    arguments = [data / "train", "-o", tmp_path / "mine", "--config", tmp_path / "config.toml", "--device", "cpu"]
    result = cli("train", *arguments)
    assert result.code == 0
    assert result.out == f"wrote {tmp_path / 'mine'}\n"


@pytest.mark.parametrize("spoil", ["picture", "init", "config", "out"])
def test_refuses(cli: Cli, tmp_path: Path, data: Path, spoil: str) -> None:
    out, more = tmp_path / "mine", []
    if spoil == "picture":
        (data / "train" / "n1" / "0.png").write_text("hello")
    elif spoil == "init":
        more = ["--init", tmp_path / "none.safetensors"]
    elif spoil == "config":
        (tmp_path / "config.toml").write_text("speed = 3")
    else:
        out = tmp_path / "no" / "folder"
    result = cli("train", data, "-o", out, "--config", tmp_path / "config.toml", "--device", "cpu", *more)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("error: ")
    assert not out.exists()
