"""Fixtures: a tiny random classifier, small pictures, masks, a model to be fetched."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from napari_robust_synth.core import SeedStatistics
from napari_robust_synth.core.seeds import to_cosines
from napari_robust_synth.models import ZOO, Classifier, ModelCard, ZooEntry, load_classifier
from napari_robust_synth.models.checkpoints import build, save_model
from napari_robust_synth.models.published import Published
from napari_robust_synth.models.store import HOME_VARIABLE, models_folder
from tests.server import BODY, Server, serving

NAMES = ("tench", "church", "golden retriever")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for models, instead of the user's."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """As many threads as before: those of a recipe stay set."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random ResNet-18 with three classes at 64 px, as a model folder."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    card = ModelCard("resnet18", 64, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), NAMES, eps=3.0)
    d = 3 * 16 * 16
    grey = to_cosines(torch.full((3, d), 0.5))
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


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def offered(server: Server, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> ZooEntry:
    """A published model, `offered`, on that server; what stands in for the importer makes the tiny model of it."""

    def import_file(path: Path, *, name: str, check: Callable[[], None], **card: object) -> Path:
        check()
        if path.read_bytes() != BODY:
            raise ValueError(f"{path} is not a checkpoint")
        ModelCard(**card)
        return Path(shutil.copytree(tiny_model_folder, models_folder() / name))

    importing = ModuleType("napari_robust_synth.models.importing")
    importing.import_file = import_file
    monkeypatch.setitem(sys.modules, importing.__name__, importing)
    fields = {"arch": "resnet18", "classes": "cifar10", "size": 64, "norm": "l2", "eps": 3.0}
    colours = {"mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}
    words = {"data": "pictures", "licence": "MIT", "origin": "a test"}
    source = Published(file="model.ckpt", url=server.url, megabytes=1.0, **fields, **colours, **words)
    monkeypatch.setitem(ZOO, "offered", ZooEntry("offered", source=source))
    return ZOO["offered"]
