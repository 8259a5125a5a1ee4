"""The helpers of the benchmarks; what they measure is run by hand."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from PIL import Image


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch):
    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    return load


def test_intervals(module):
    common = module("common")
    mean = common.mean_ci([1.0, 2.0, 3.0, 4.0])
    half = 1.96 * np.std([1, 2, 3, 4], ddof=1) / 2
    assert mean == {
        "mean": 2.5,
        "ci95": [pytest.approx(2.5 - half, abs=1e-4), pytest.approx(2.5 + half, abs=1e-4)],
        "n": 4,
    }
    share = common.share_ci([True] * 8 + [False] * 2)
    assert (share["percent"], share["ci95"], share["n"]) == (80, [49.02, 94.33], 10)
    assert common.share_ci([False] * 10)["ci95"][0] == 0


def test_pictures_are_found_and_cut(module, tmp_path: Path):
    common = module("common")
    with pytest.raises(SystemExit, match="has no pictures"):
        common.find_pictures(tmp_path)
    folder = tmp_path / "val" / "n03028079"
    folder.mkdir(parents=True)
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, 20:60] = 200
    Image.fromarray(wide).save(folder / "a.png")
    (path,) = common.draw_pictures(tmp_path, 5, 0)
    assert common.CLASSES[path.parent.name] == "church"
    square = common.read_square(path)
    assert square.shape == (224, 224, 3)
    assert (square == 200).all()


def test_the_twin_is_a_model_with_a_fitted_head(module):
    twin = module("standard_twin")
    about = twin.card()
    assert (about.arch, len(about.class_names), about.eps) == ("resnet50_v1", 20, 0)
    torch.manual_seed(0)
    y = torch.arange(3).repeat(20)
    x = torch.nn.functional.one_hot(y, 5).float() + 0.1 * torch.randn(60, 5)
    weight, bias = twin.fit_head(x, y, 3)
    assert ((x @ weight.T + bias).argmax(1) == y).all()
