"""Adversarial training on handwritten digits: the classifier resists, and another network believes its edits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from napari_robust_synth import Classifier, load_classifier
from napari_robust_synth.evaluation.accuracy import accuracies
from napari_robust_synth.tasks import Job, Translate
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import centred_batches
from napari_robust_synth.training.layout import find
from napari_robust_synth.training.run import run

SIDE = 32
CONFIG = TrainingConfig(
    arch="resnet18", init="scratch", size=SIDE, batch=50, epochs=8, lr=0.05, head_lr=1.0, eps=21.0, crop=0.9, workers=0,
    seed_rank=4,
)  # fmt: skip


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ImageFolder tree of 1,797 handwritten digits, enlarged to 32 px; every fifth is for validation."""
    root = tmp_path_factory.mktemp("digits")
    pictures, labels = load_digits(return_X_y=True)
    for i, (flat, label) in enumerate(zip(pictures, labels, strict=True)):
        path = root / ("train" if i % 5 else "val") / f"digit {label}" / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray((flat.reshape(8, 8) * 255 / 16).astype(np.uint8)).convert("RGB")
        picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(path)
    return root


def trained(digits: Path, out: Path, config: TrainingConfig) -> tuple[Classifier, float, float]:
    """Train; return the classifier, its accuracy, and that under PGD-20 at the radius it was trained for."""
    run(digits, out, config, device=torch.device("cpu"), report=lambda progress: None, note=print)
    classifier = load_classifier(out)
    val = find(digits, config)[1]
    assert val is not None
    batches = centred_batches(val, SIDE, 60, 0)
    clean, robust = accuracies(classifier.network, batches, eps=CONFIG.radius(CONFIG.eps))
    return classifier, clean.float().mean().item(), robust.float().mean().item()


@pytest.mark.slow
def test_robust_training_resists_and_its_translations_are_believed(digits: Path, tmp_path: Path) -> None:
    robust, clean, resisted = trained(digits, tmp_path / "robust", CONFIG)
    standard, _, broken = trained(digits, tmp_path / "standard", replace(CONFIG, eps=0.0))
    judge, judged, _ = trained(digits, tmp_path / "judge", replace(CONFIG, eps=0.0, seed=1))
    print(f"clean {clean:.3f}, under attack {resisted:.3f}; standard under attack {broken:.3f}; judge {judged:.3f}")
    assert clean > 0.9
    assert judged > 0.9
    assert resisted > broken + 0.3

    zeros = sorted((digits / "val" / "digit 0").iterdir())
    task, wanted = Translate(eps=100, step_size=4, steps=60), "digit 3"
    believed = {}
    for name, classifier in {"robust": robust, "standard": standard}.items():
        results = [Job(task, classifier, image=np.asarray(Image.open(p)), label=wanted, size=SIDE).run() for p in zeros]
        x = torch.stack([torch.from_numpy(r).permute(2, 0, 1) / 255 for r in results])
        answers = judge.probabilities(x).argmax(1)
        believed[name] = float((answers == judge.class_names.index(wanted)).float().mean())
    print(f"translations believed: {believed}")
    assert believed["robust"] > 0.9
    assert believed["robust"] > believed["standard"] + 0.1
