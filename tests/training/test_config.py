"""Training configs: ours and others', checked before anything is trained."""

import dataclasses
from pathlib import Path

import pytest

from napari_robust_synth.training.config import CONFIGS, TrainingConfig, read_config


@pytest.mark.parametrize("name", sorted(p.stem for p in CONFIGS.glob("*.toml")))
def test_our_configs_read(name: str) -> None:
    config = read_config(name)
    assert config.data and config.terms and config.limits and len(set(config.classes.values())) == len(config.classes)


def test_default_is_what_the_bundled_model_was_made_with() -> None:
    config = read_config("default")
    assert (config.arch, config.norm, config.eps, len(config.classes)) == ("resnet50", "l2", 3.0, 20)
    assert config.classes["n03028079"] == "church"


@pytest.mark.parametrize(
    ("norm", "eps", "size", "radius"), [("l2", 3.0, 112, 1.5), ("l2", 3.0, 224, 3.0), ("linf", 0.03, 112, 0.03)]
)
def test_l2_radius_scales_with_the_size(norm: str, eps: float, size: int, radius: float) -> None:
    assert TrainingConfig(norm=norm, eps=eps, size=size).radius == pytest.approx(radius)


def test_a_file_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('arch = "resnet18"\nmean = [0.1, 0.2, 0.3]\n[classes]\nn1 = "one"\n')
    assert read_config(str(path)) == TrainingConfig(arch="resnet18", mean=(0.1, 0.2, 0.3), classes={"n1": "one"})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("epochs = ", "is not a TOML file"),
        ("epocs = 3", "unknown key 'epocs'"),
        ('epochs = "many"', "epochs"),
        ("epochs = 0", "epochs is 0, but must be above 0"),
        ("epochs = 2.5", "epochs"),
        ("mean = [0.5, 'x']", "mean"),
        ("classes = 3", "classes"),
        ('norm = "l1"', "norm is 'l1', expected 'l2' or 'linf'"),
        ("eps = -1", "eps is -1"),
        ("warmup = 1", "warmup is 1"),
        ("lr = nan", "lr is nan"),
    ],
)
def test_a_file_that_does_not_fit(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=word) as caught:
        read_config(str(path))
    assert "\n" not in str(caught.value)


def test_no_such_config() -> None:
    with pytest.raises(ValueError, match="no training config 'fast': give one of default"):
        read_config("fast")


def test_every_key_is_described() -> None:
    assert all(f.name in (TrainingConfig.__doc__ or "") for f in dataclasses.fields(TrainingConfig))
