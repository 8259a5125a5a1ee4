"""The generate command: a folder of pictures."""

import json
from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth.pictures import decode
from tests.cli.conftest import Cli

SMALL = ["--steps", 2]


@pytest.mark.parametrize("seeds", ["normal", "univariate", "uniform", "image"])
def test_generate(cli: Cli, out: Path, photo_file: Path, tiny_model_folder: Path, seeds: str) -> None:
    folder = out / "new"
    result = cli(
        *("generate", "--label", "golden retriever", "-n", 2, "--seeds", photo_file if seeds == "image" else seeds),
        *("-o", folder, "--model", tiny_model_folder, *SMALL, "--json", "--seed", 5),
    )
    assert (result.code, result.err) == (0, "")
    pictures = [folder / f"golden-retriever-{i:03}.png" for i in range(2)]
    assert result.json["outputs"] == [str(p) for p in pictures]
    assert sorted(folder.iterdir()) == sorted([*pictures, *(p.with_name(f"{p.name}.recipe.json") for p in pictures)])
    assert len(result.json["l2"]) == 2
    recipe = json.loads((folder / "golden-retriever-001.png.recipe.json").read_text())
    assert recipe["parameters"]["seeds"] == seeds
    assert recipe["seed"] == 5
    assert recipe["image"] == (None if seeds != "image" else {**recipe["image"], "path": "../../photo.png"})
    first, second = (decode.read(p).pixels for p in pictures)
    assert first.dtype == np.uint8
    assert (first != second).any()


def test_generate_does_not_overwrite_its_seed(cli: Cli, out: Path, photo_file: Path, tiny_model_folder: Path) -> None:
    seed = photo_file.replace(out / "church-000.png")
    before = seed.read_bytes()
    arguments = ["--label", "church", "--seeds", seed, "-o", out, "--model", tiny_model_folder, *SMALL]
    result = cli("generate", *arguments)
    assert result.code == 2
    assert "is also an input" in result.err
    assert seed.read_bytes() == before
    assert list(out.iterdir()) == [seed]
