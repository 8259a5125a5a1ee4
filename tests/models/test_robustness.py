"""A checkpoint that the `robustness` library itself has written. `tox -e slow` installs that library."""

import subprocess
import sys
from pathlib import Path

import dill
import pytest
import torch

from napari_robust_synth.models import load_classifier
from napari_robust_synth.models.importing import inspect, keep
from tests.models import hostile

WRITER = Path(__file__).with_name("robustness_writes.py")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dataset", "arch", "ours"),
    [
        ("CIFAR", "resnet18", "cifar_resnet18"),
        ("RestrictedImageNet", "resnet50", "resnet50"),
        ("ImageNet", "densenet121", "densenet121"),
    ],
)
def test_logits_are_those_of_the_library(tmp_path: Path, dataset: str, arch: str, ours: str) -> None:
    done = subprocess.run(
        [sys.executable, WRITER, tmp_path, dataset, arch], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    expected, marker = torch.load(tmp_path / "expected.pt"), tmp_path / "marker"
    stored = torch.load(tmp_path / "checkpoint.pt.latest", weights_only=False)
    harm = hostile.payloads(marker)
    for name, payload in {"clean": None, **{name: harm[name] for name in ("os.system", "setstate")}}.items():
        torch.save(stored | {"extra": payload}, tmp_path / "again.pt", pickle_module=dill)
        found = inspect(tmp_path / "again.pt")
        assert found.card.arch == ours and found.facts["epoch"] == 1
        assert bool(found.facts["replaced"]) == (payload is not None) and not marker.exists()
        logits = load_classifier(keep(found, name)).logits(expected["x"])
        difference = (logits - expected["logits"]).abs().max().item()
        print(f"{dataset} {arch}, {name}: largest logit {expected['logits'].abs().max():.3f}, off by {difference:.2g}")
        assert difference <= 1e-5 < 0.1 < expected["logits"].abs().max()
