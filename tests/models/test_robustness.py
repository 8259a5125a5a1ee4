"""A checkpoint that the `robustness` library itself has written. `tox -e slow` installs that library.

Two comparisons. In the library's memory layout the imported network must give its logits to 1e-5. Our `Classifier`
computes in channels_last, which sums in another order: there 1e-5 holds relative to the largest logit. In absolute
terms an untrained ResNet-50 (logits of 17) is off by 7e-5, when the library itself is 8e-5 away from float64.
"""

import subprocess
import sys
from pathlib import Path

import dill
import pytest
import torch

from napari_robust_synth.models import load_classifier
from napari_robust_synth.models.classifier import Normalised
from napari_robust_synth.models.importing import inspect, keep
from tests.models import hostile

WRITER = Path(__file__).with_name("robustness_writes.py")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dataset", "arch", "ours"),
    [
        ("CIFAR", "resnet18", "cifar_resnet18"),
        ("RestrictedImageNet", "resnet50", "resnet50"),
        ("ImageNet", "densenet161", "densenet161"),
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
        classifier, largest = load_classifier(keep(found, name), precise=True), expected["logits"].abs().max().item()
        module = found.module.to(memory_format=torch.contiguous_format)
        with torch.no_grad():
            same = Normalised(module, found.card.mean, found.card.std)(expected["x"])
        logits = classifier.logits(expected["x"])
        in_layout, as_used = ((y - expected["logits"]).abs().max().item() for y in (same, logits))
        print(f"{arch}, {name}: largest logit {largest:.3f}, same layout {in_layout:.2g}, Classifier {as_used:.2g}")
        assert largest > 0.1 and in_layout <= 1e-5
        assert as_used <= 1e-5 * max(1, largest)
