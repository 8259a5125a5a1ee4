"""Adversarial training on drawn shapes: the model resists attacks, and another network believes its translations."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.draw import disk, polygon

from napari_robust_synth import load_classifier
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Translate
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.run import run

SIDE = 48
CONFIG = TrainingConfig(
    arch="resnet18", size=SIDE, batch=32, epochs=10, lr=0.05, head_lr=1.0, eps=5.0, crop=0.9, workers=0, seed_rank=4,
)  # fmt: skip


def draw(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Draw a faint disc or triangle on a noisy ground, (48, 48, 3) uint8."""
    picture = rng.integers(70, 170, (SIDE, SIDE, 3)).astype(float)
    row, column = rng.uniform(18, 30, 2)
    radius, colour = rng.uniform(10, 15), rng.choice((-1, 1)) * rng.uniform(50, 70, 3)
    if kind == "disc":
        inside = disk((row, column), radius, shape=(SIDE, SIDE))
    else:
        angles = rng.uniform(0, 2 * np.pi) + np.arange(3) * 2 * np.pi / 3
        inside = polygon(row + 1.3 * radius * np.sin(angles), column + 1.3 * radius * np.cos(angles), (SIDE, SIDE))
    picture[inside] += colour
    return picture.astype(np.uint8)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from PIL import Image

    root, rng = tmp_path_factory.mktemp("shapes"), np.random.default_rng(0)
    for part, count in {"train": 320, "val": 60}.items():
        for kind in ("disc", "triangle"):
            (root / part / kind).mkdir(parents=True)
            for i in range(count):
                Image.fromarray(draw(kind, rng)).save(root / part / kind / f"{i}.png")
    return root


def trained(shapes: Path, folder: Path, config: TrainingConfig) -> tuple[Classifier, float]:
    metrics = run(shapes, folder, config, device=torch.device("cpu"), report=lambda progress: None)
    return load_classifier(folder), metrics["accuracy under PGD-20, L2 eps 3 at 224 px"]


@pytest.mark.slow
def test_robust_training_makes_pictures_that_another_network_believes(shapes: Path, tmp_path: Path) -> None:
    robust, resisted = trained(shapes, tmp_path / "robust", CONFIG)
    standard, broken = trained(shapes, tmp_path / "standard", replace(CONFIG, eps=0.0, seed=1))
    judge, _ = trained(shapes, tmp_path / "judge", replace(CONFIG, eps=0.0, seed=2))
    assert resisted >= 80
    assert resisted > broken
    rng = np.random.default_rng(1)
    discs = [draw("disc", rng) for _ in range(30)]
    task = Translate(eps=60, step_size=2, steps=40)
    believed = {}
    for name, model in {"robust": robust, "standard": standard}.items():
        results = [Job(task, model, image=disc, label="triangle").run() for disc in discs]
        x = torch.stack([torch.from_numpy(r).permute(2, 0, 1) / 255 for r in results])
        believed[name] = int((judge.network(x).argmax(1) == 1).sum())
    assert believed["robust"] >= 24
    assert believed["robust"] > believed["standard"]
