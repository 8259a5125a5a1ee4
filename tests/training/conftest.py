"""Two classes that a tiny network tells apart in a few steps, and a config for it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth.training.config import TrainingConfig

PARTS = {"train": 12, "val": 4}

Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Make a tree of empty files."""

    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path / "data"

    return make


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ImageFolder tree of reddish and bluish noise, 40 x 48 px."""
    root, rng = tmp_path_factory.mktemp("toy"), np.random.default_rng(0)
    for part, count in PARTS.items():
        for channel, name in ((0, "n01"), (2, "n02")):
            folder = root / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = rng.integers(0, 120, (40, 48, 3), np.uint8)
                pixels[..., channel] += 130
                Image.fromarray(pixels).save(folder / f"{i}.png")
    return root


@pytest.fixture
def config() -> TrainingConfig:
    return TrainingConfig(
        arch="resnet18", init="scratch", size=32, batch=8, epochs=3, lr=0.002, eps=1.0, workers=0, seed_rank=2,
        classes={"n01": "red thing"}, terms="free", limits="none",
    )  # fmt: skip
