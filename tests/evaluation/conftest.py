"""A bench of a few small pictures, and a judge, both random."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from napari_robust_synth.evaluation.bench import Bench, Settings
from napari_robust_synth.evaluation.fid import Features
from napari_robust_synth.evaluation.judges import Judge, open_judge
from napari_robust_synth.evaluation.pool import Pool
from napari_robust_synth.models import ModelCard
from napari_robust_synth.models.checkpoints import build, save_model
from tests.conftest import NAMES
from tests.evaluation.pictures import make_tree, pool_of


@pytest.fixture(scope="session")
def judge_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another random ResNet-18 of the same classes, as a model folder."""
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("judges") / "stranger"
    save_model(folder, build("resnet18", 3), ModelCard("resnet18", 64, (0.5,) * 3, (0.25,) * 3, NAMES))
    return folder


@pytest.fixture(scope="session")
def judge(judge_folder: Path) -> Judge:
    return open_judge(str(judge_folder), torch.device("cpu"))


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tree(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def pool(tree: Path) -> Pool:
    return pool_of(tree / "val")


@pytest.fixture(scope="session")
def bench(pool: Pool, judge: Judge) -> Bench:
    """Three pictures, three others, two steps a run; a distance that is the mean difference of pixels."""
    drawn = pool.draw(6, 0)

    def difference(a: list[np.ndarray], b: list[np.ndarray]) -> list[float]:
        return [float(np.abs(x.astype(int) - y).mean()) for x, y in zip(a, b, strict=True)]

    features = Features(judge.name, judge.sha256, judge.see)
    return Bench(drawn[:3], drawn[3:], NAMES, Settings(n=3, steps=2), judge, {"lpips": difference}, features)


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A picture twice as wide as high, whose central square is grey."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, 20:60] = 200
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    return tmp_path / "wide.png"
