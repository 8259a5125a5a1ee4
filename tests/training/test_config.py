"""Training configs: ours and others', checked before anything is trained."""

import dataclasses
from pathlib import Path

import pytest

from napari_robust_synth.models import ZOO
from napari_robust_synth.models.checkpoints import build
from napari_robust_synth.training.config import CONFIGS, TrainingConfig, parse_config, read_config
from napari_robust_synth.training.initial import completed

OURS = sorted(p.stem for p in CONFIGS.glob("*.toml"))


def test_ours_are_all_there() -> None:
    names = {
        "quick-cpu",
        "default",
        "domain-pair",
        "domain-pair-linf",
        "cifar10",
        "restricted-imagenet",
        "imagenet",
    }
    assert set(OURS) == names


@pytest.mark.parametrize("name", OURS)
def test_our_configs_read(name: str) -> None:
    config = read_config(name)
    assert config.data and config.terms and config.limits and f"--config {name}" in config.origin
    assert len(set(config.classes.values())) == len(config.classes)
    assert completed(config).std is not None and build(config.arch, 2) is not None


@pytest.mark.parametrize("name", OURS)
def test_a_written_config_reads_the_same(name: str) -> None:
    config = dataclasses.replace(read_config(name), limits='quotes " and\nlines é')
    assert parse_config(config.to_toml(), "it") == config


def test_default_is_what_the_bundled_model_was_made_with() -> None:
    config = read_config("default")
    assert (config.arch, config.norm, config.eps, len(config.classes)) == ("resnet50", "l2", 3.0, 20)
    assert config.classes["n03028079"] == "church"
    assert (config.mean, config.std) == (ZOO["bundled"].card.mean, ZOO["bundled"].card.std)


def test_the_domain_pairs_differ_in_the_norm_alone() -> None:
    l2, linf = (dataclasses.asdict(read_config(name)) for name in ("domain-pair", "domain-pair-linf"))
    assert {key for key in l2 if l2[key] != linf[key]} == {"norm", "eps", "origin"}


def test_restricted_imagenet_has_nine_superclasses() -> None:
    groups = read_config("restricted-imagenet").superclasses
    assert list(groups) == ["dog", "cat", "frog", "turtle", "bird", "primate", "fish", "crab", "insect"]


@pytest.mark.parametrize(
    ("norm", "eps", "size", "radius"), [("l2", 3.0, 112, 1.5), ("l2", 3.0, 224, 3.0), ("linf", 0.03, 112, 0.03)]
)
def test_l2_radius_scales_with_the_size(norm: str, eps: float, size: int, radius: float) -> None:
    assert TrainingConfig(norm=norm, eps=eps, size=size).radius(eps) == pytest.approx(radius)


def test_a_file_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'arch = "resnet18"\nmean = [0.1, 0.2, 0.3]\n[classes]\nn1 = "one"\n[superclasses]\nx = ["a..b", "c"]\n'
    )
    assert read_config(str(path)) == TrainingConfig(
        arch="resnet18", mean=(0.1, 0.2, 0.3), classes={"n1": "one"}, superclasses={"x": ("a..b", "c")}
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("epochs = ", "is not a TOML file"),
        ("\xff", "is not a TOML file"),
        ("epocs = 3", "unknown key 'epocs'"),
        ('epochs = "many"', "epochs"),
        ("epochs = 0", "epochs is 0, expected a number above 0"),
        ("epochs = 2.5", "epochs"),
        ("mean = [0.5, 'x']", "mean"),
        ("mean = [0.5, 0.5]", "mean"),
        ("classes = 3", "classes"),
        ("superclasses = {a = 3}", "superclasses"),
        ('norm = "linf"\neps = 4', "eps is 4 for linf, expected 0 to 1: for 4/255 write 0.0157"),
        ('norm = "l1"', "norm is 'l1', expected 'l2' or 'linf'"),
        ('precision = "float16"', "precision"),
        ("eps = -1", "eps is -1"),
        ("eps = nan", "eps is nan"),
        ("warmup = 1", "warmup is 1"),
        ("ema = 1", "ema is 1.0, expected a share"),
        ("hold_out = -0.1", "hold_out is -0.1"),
        ("crop = 0", "crop is 0"),
        ("seed = -1", "seed is -1"),
        ("lr = nan", "lr is nan"),
        ("lr = inf", "lr is inf"),
        ("jitter = 2", "jitter is 2"),
        ("turn = -1", "turn is -1"),
        ("momentum = 1", "momentum is 1"),
        ("size = 16", "size is 16"),
        ("wanted_accuracy = 0.5\neps = 0", "expected an eps above 0"),
    ],
)
def test_a_file_that_does_not_fit(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=word) as caught:
        read_config(str(path))
    assert "\n" not in str(caught.value)


def test_no_such_config() -> None:
    with pytest.raises(
        ValueError,
        match=r"no training config 'fast': give one of cifar10, default, .*quick-cpu, .*, or the path",
    ):
        read_config("fast")


def test_every_key_is_described() -> None:
    assert all(f.name in (TrainingConfig.__doc__ or "") for f in dataclasses.fields(TrainingConfig))
