"""A network of a few features that finds simple things, so that drawing takes no time."""

import pytest
import torch
from torch import nn

from napari_robust_synth.models import Classifier

N = 20


@pytest.fixture(scope="session")
def few() -> Classifier:
    """Twenty features at 32 px: the first three answer to red, green and blue, the others to random edges."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, N, 4, stride=4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(N, 4)
    )
    with torch.no_grad():
        module[0].bias.zero_()
        for colour in range(3):
            module[0].weight[colour] = -0.05
            module[0].weight[colour, colour] = 0.1
    names = ("red", "green", "blue", "edges")
    return Classifier(module, mean=(0, 0, 0), std=(1, 1, 1), class_names=names, size=32, name="few", sha256="f" * 64)
