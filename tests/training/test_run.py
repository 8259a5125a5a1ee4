"""From pictures to a model folder."""

from pathlib import Path

import pytest
import torch

from napari_robust_synth.models import ModelCard, load_classifier
from napari_robust_synth.tasks import Generate, Job
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.loop import Progress
from napari_robust_synth.training.run import run

CPU = torch.device("cpu")


def test_a_folder_of_pictures_becomes_a_model(toy: Path, config: TrainingConfig, tmp_path: Path) -> None:
    seen: list[Progress] = []
    usable = []

    def report(progress: Progress) -> None:
        seen.append(progress)
        usable.append((tmp_path / "model" / "card.json").exists())

    metrics = run(toy, tmp_path / "model", config, device=CPU, report=report)
    card = ModelCard.read(tmp_path / "model")
    assert card.class_names == ("red thing", "n02") and card.metrics == metrics and card.terms == "free"
    assert card.config["epochs"] == 3 and "arch" not in card.config and card.attack.startswith("untargeted PGD, 20 ")
    assert metrics["validation pictures"] == 8
    clean, robust = metrics["clean accuracy"], metrics["accuracy under PGD-20, L2 eps 3 at 224 px"]
    assert 50 <= clean <= 100 and robust <= clean
    assert usable == [False] * 3 + [True] * 6, "it is a model after every epoch"
    classifier = load_classifier(tmp_path / "model")
    assert Job(Generate(steps=1, n=1), classifier, label="red thing").run().shape == (1, 46, 46, 3)
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == [
        "card.json", "model.safetensors", "seeds.safetensors",
    ]  # fmt: skip


def test_the_same_config_gives_the_same_model(toy: Path, config: TrainingConfig, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(toy, tmp_path / name, config, device=CPU, report=lambda progress: None)
    for file in ("model.safetensors", "seeds.safetensors", "card.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_starting_from_features(toy: Path, config: TrainingConfig, tmp_path: Path, tiny_model_folder: Path) -> None:
    with pytest.raises(ValueError, match="does not fit the architecture"):
        run(toy, tmp_path / "m", config, init=tiny_model_folder / "model.safetensors", device=CPU, report=print)


def test_no_pictures_writes_nothing(config: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no class folders"):
        run(tmp_path, tmp_path / "model", config, device=CPU, report=print)
    assert not (tmp_path / "model").exists()
