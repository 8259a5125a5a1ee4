"""Two classes that a tiny network tells apart in a few steps, and a config for it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth.training.config import TrainingConfig

PARTS = {"train": 12, "val": 4}


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
        arch="resnet18", size=32, batch=8, epochs=3, lr=0.002, eps=1.0, workers=0, seed_rank=2,
        classes={"n01": "red thing"}, terms="free", limits="none",
    )  # fmt: skip
