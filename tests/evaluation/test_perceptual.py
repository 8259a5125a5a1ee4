"""LPIPS from local weights."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models import alexnet

from napari_robust_synth.evaluation.perceptual import open_lpips, open_st_lpips

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def trunk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random AlexNet, as torchvision's file is."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("trunk") / "alexnet.pth"
    state = {k: v for k, v in alexnet(weights=None).state_dict().items() if k.startswith("features.")}
    torch.save(state, path)
    return path


def test_the_trunk_is_that_of_the_file(trunk: Path, tmp_path: Path) -> None:
    distance, digest = open_lpips(trunk, CPU)
    pictures = [np.random.default_rng(i).integers(0, 255, (64, 64, 3), np.uint8) for i in range(3)]
    assert distance(pictures, pictures) == [0, 0, 0]
    apart = distance(pictures[:2], pictures[1:])
    assert min(apart) > 0
    arrays = {
        "AlexNet_0": {
            f"Conv_{i}": {"kernel": w.permute(2, 3, 1, 0).numpy(), "bias": b.numpy()}
            for i, (w, b) in enumerate(zip(*[iter(torch.load(trunk, weights_only=True).values())] * 2, strict=True))
        }
    }
    jax = tmp_path / "alexnet.ckpt"
    jax.write_bytes(pickle.dumps(arrays, protocol=3).replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    same, other = open_lpips(jax, CPU)
    assert same(pictures[:2], pictures[1:]) == pytest.approx(apart) and other != digest


@pytest.mark.parametrize("content", ["another network", "text", "program", "pickle"])
def test_what_is_no_alexnet_is_refused_and_never_run(tmp_path: Path, content: str) -> None:
    path = tmp_path / ("trunk.ckpt" if content in ("program", "pickle") else "trunk.pth")
    if content == "another network":
        torch.save({"features.0.weight": torch.zeros(3)}, path)
    elif content == "text":
        path.write_text("hello")
    elif content == "pickle":
        path.write_bytes(pickle.dumps({"AlexNet_0": {}}))
    else:
        path.write_bytes(pickle.dumps(Runs(tmp_path / "ran")))
    with pytest.raises(ValueError, match=r"trunk\.\w+ is not "):
        open_lpips(path, CPU)
    assert not (tmp_path / "ran").exists()


class Runs:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return subprocess.call, (["touch", str(self.path)],)


def test_without_its_package_there_is_no_st_lpips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stlpips_pytorch", None)
    assert open_st_lpips(CPU) is None
