"""`features` and `models atlas`: the eyedropper and the pictures of features, on the command line."""

from pathlib import Path

import pytest
from PIL import Image

from napari_robust_synth.features import name_features
from napari_robust_synth.features.atlas import Atlas, cache_folder
from napari_robust_synth.models import Classifier
from tests.cli.conftest import Cli


def test_the_features_of_a_region(
    cli: Cli, tiny: Classifier, tiny_model_folder: Path, photo_file: Path, mask_file: Path
) -> None:
    call = ("features", photo_file, "--mask", mask_file, "--model", tiny_model_folder, "--device", "cpu", "--top", 4)
    found = cli(*call, "--json").json["features"]
    assert len(found) == 4 and all(one["inside"] > one["outside"] and one["name"] is None for one in found)
    name_features(tiny.sha256, [found[1]["component"]], "dots")
    assert cli(*call, "--json").json["features"][1]["name"] == "dots"
    lines = cli(*call).out.splitlines()
    assert [int(line.split()[0]) for line in lines] == [one["component"] for one in found]
    assert lines[1].endswith("outside  dots") and lines[0].endswith("outside")
    assert cli(*call, "--quiet").out == ""


def test_a_mask_of_another_size(cli: Cli, tiny_model_folder: Path, photo_file: Path, tmp_path: Path) -> None:
    Image.new("L", (10, 10), 255).save(tmp_path / "small.png")
    result = cli("features", photo_file, "--mask", tmp_path / "small.png", "--model", tiny_model_folder)
    assert result.code == 2 and "the mask is 10 x 10 px, but the image is 96 x 72 px" in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.usefixtures("quick_drawing")
def test_draw_an_atlas(cli: Cli, tiny: Classifier, tiny_model_folder: Path, out: Path) -> None:
    path = out / "mine.webp"
    told = cli("models", "atlas", tiny_model_folder, "--device", "cpu", "-o", path, "--json").json
    assert told == {"model": str(tiny_model_folder), "features": tiny.n_features, "atlas": str(path)}
    assert Atlas.read(path, tiny.sha256).tiles.shape == (tiny.n_features, 64, 64, 3)
    assert not cache_folder(tiny.sha256).exists()


def test_an_atlas_is_a_webp(cli: Cli, tiny_model_folder: Path, out: Path) -> None:
    for name, words in (("a.png", "choose a name that ends in .webp"), ("no/a.webp", "does not exist")):
        result = cli("models", "atlas", tiny_model_folder, "-o", out / name)
        assert result.code == 2 and words in result.err
    assert list(out.iterdir()) == []


@pytest.fixture
def quick_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One step from one of four starts, in two pieces."""
    monkeypatch.setattr("napari_robust_synth.features.drawing.STEPS", 1)
    monkeypatch.setattr("napari_robust_synth.features.drawing.STARTS", 4)
    monkeypatch.setattr("napari_robust_synth.features.drawing.MAX_SIDE", 32)
    monkeypatch.setattr("napari_robust_synth.features.making.PIECE", 256)
