"""Fixtures: a tiny random classifier, small pictures, masks."""

from pathlib import Path

import numpy as np
import pytest
import torch

from napari_robust_synth.core import SeedStatistics
from napari_robust_synth.core.seeds import cosines
from napari_robust_synth.models import Classifier, ModelCard, load_classifier
from napari_robust_synth.models.checkpoints import build, save_model

NAMES = ("tench", "church", "golden retriever")


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random ResNet-18 with three classes at 64 px, as a model folder."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    card = ModelCard("resnet18", 64, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), NAMES, eps=3.0)
    d = 3 * 16 * 16
    grey = torch.full((3, d), 0.5) @ cosines(16).T
    seeds = SeedStatistics(grey, 0.02 * torch.randn(3, d, 4), torch.full((3, d), 1e-3))
    save_model(folder, build("resnet18", 3), card, seeds)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_model_folder: Path) -> Classifier:
    return load_classifier(tiny_model_folder)


@pytest.fixture
def photo() -> np.ndarray:
    """A smooth RGB picture, (72, 96, 3) uint8."""
    y, x = np.mgrid[:72, :96] / 96
    return (np.stack([x, y, (x + y) / 2], 2) * 255).astype(np.uint8)


@pytest.fixture
def mask() -> np.ndarray:
    """A rectangle of the photo, (72, 96) bool."""
    mask = np.zeros((72, 96), bool)
    mask[20:44, 30:62] = True
    return mask
