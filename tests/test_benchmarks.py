"""The helpers of the benchmarks; what they measure is run by hand."""

import importlib
import math
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from PIL import Image

from napari_robust_synth import Classifier, tasks


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch):
    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    return load


def test_psnr(module):
    a = np.zeros((4, 4, 3), np.uint8)
    assert module("common").psnr(a, a + 255) == pytest.approx(0)
    assert module("common").psnr(a, a + 1) == pytest.approx(20 * math.log10(255))
    assert module("common").psnr(a, a) == math.inf


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


def test_hidden_parts(module):
    fidelity = module("fidelity")
    masks = fidelity.squares(5, 3)
    assert [int(m.sum()) for m in masks] == [3600] * 5
    assert all(m.any(0).sum() == m.any(1).sum() == 60 for m in masks)
    assert np.array_equal(masks, fidelity.squares(5, 3))
    assert not np.array_equal(masks, fidelity.squares(5, 4))
    blocks = np.arange(28 * 28 * 3, dtype=np.int64).reshape(28, 28, 3).astype(np.uint8)
    assert np.array_equal(fidelity.area_means(blocks.repeat(8, 0).repeat(8, 1)), blocks)


def test_compare_says_who_is_nearer(module):
    truth = [np.full((8, 8, 3), 100, np.uint8)] * 3
    near, far = ([t + np.uint8(d) for t in truth] for d in (1, 9))

    def difference(a, b):
        return [float(np.abs(x.astype(int) - y).mean()) for x, y in zip(a, b, strict=True)]

    found = module("fidelity").compare(truth, near, far, {"difference": difference})
    assert found["difference"]["ours - theirs"]["mean"] == -8
    assert found["PSNR"]["ours - theirs"]["mean"] == pytest.approx(20 * math.log10(9), abs=1e-3)
    assert found["difference"]["ours better"]["percent"] == found["PSNR"]["ours better"]["percent"] == 100


def test_batch_gives_what_single_runs_give(module, tiny: Classifier, photo: np.ndarray, mask: np.ndarray):
    common, images, masks = module("common"), (photo, photo[::-1].copy()), (mask, mask[::-1])
    cases = (
        [tasks.Job(tasks.Translate(steps=3), tiny, image=p, label=i) for i, p in enumerate(images)],
        [tasks.Job(tasks.Inpaint(steps=3), tiny, image=p, mask=m) for p, m in zip(images, masks, strict=True)],
        [tasks.Job(tasks.Generate(steps=3, n=1), tiny, label=i, seed=i) for i in range(2)],
    )
    for jobs in cases:
        for job, result in zip(jobs, common.run_all(jobs, 2, "test"), strict=True):
            assert result.shape == job.run().shape
            assert np.abs(result.astype(int) - job.run()).max() <= 1


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


def test_twin_has_version_one_strides_and_a_fitted_head(module):
    twin = module("standard_twin")
    network = twin.network(20)
    strides = [network.get_submodule(f"layer{i}.0.conv{j}").stride[0] for i in (2, 3, 4) for j in (1, 2)]
    assert strides == [2, 1] * 3
    assert network.bn1.eps == pytest.approx(1.001e-5)
    torch.manual_seed(0)
    y = torch.arange(3).repeat(20)
    x = torch.nn.functional.one_hot(y, 5).float() + 0.1 * torch.randn(60, 5)
    weight, bias = twin.fit_head(x, y, 3)
    assert ((x @ weight.T + bias).argmax(1) == y).all()
