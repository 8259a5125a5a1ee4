"""The helpers of the benchmarks; what they measure is run by hand."""

import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from napari_robust_synth.training.config import read_config
from napari_robust_synth.training.initial import begin, completed


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


def test_turns_are_compared_round_by_round(module, monkeypatch: pytest.MonkeyPatch):
    turns = module("turns")
    clock = iter([0, 1, 10, 12, 20, 24, 30, 38])  # rounds of 1 and 2, then of 4 and 8 seconds
    monkeypatch.setattr(turns, "_now", lambda: next(clock))
    calls = []
    times, last = turns.in_turns({"a": lambda: calls.append("a"), "b": lambda: calls.append("b") or 5}, 2)
    assert calls == list("ababab") and last == {"a": None, "b": 5}
    assert times["a"].tolist() == [1, 4] and times["b"].tolist() == [2, 8]
    assert turns.ratio(times["b"], times["a"]) == 2


def test_a_changed_picture_is_told_from_the_first(module):
    preview = SimpleNamespace(data=np.zeros((2, 2, 4), np.uint8))
    dock = SimpleNamespace(session=None)
    shown, changed = module("watching").first_pictures(dock)
    assert not shown() and not changed()
    dock.session = SimpleNamespace(preview=preview)
    assert not shown(), "an empty preview shows no picture"
    preview.data[:] = 3
    assert not changed() and shown()
    preview.data[0, 0, 0] = 4
    assert changed()


def test_a_training_step_of_ours_is_taken(module):
    train = module("train")
    config = completed(replace(read_config("default"), arch="resnet18", init="scratch", size=32, batch=4))
    network = begin(config, train.CLASSES)
    before = network.fc.weight.detach().clone()
    assert 0 < train.ours(network, config, train.draw(config), torch.device("cpu"))() < 20
    assert not torch.equal(network.fc.weight, before)


def test_the_large_image_holds_the_pixels_of_the_small_one(module):
    large = module("large_image")
    (image, (top, left)), (small, corner) = large.large(), large.small()
    inside = np.asarray(image.data[0][top : top + 8, left : left + 8])
    assert np.array_equal(inside, small.data[corner[0] : corner[0] + 8, corner[1] : corner[1] + 8])
    assert set(module("scale").PARTS) >= {"region", "image", "batch", "memory"}
