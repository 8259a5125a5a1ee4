"""What training starts from: features of a model, of torchvision, of a file, or nothing."""

from dataclasses import replace
from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from safetensors.torch import load_file, save_file
from torchvision.models import resnet18

from napari_robust_synth.models import ZOO
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.initial import IMAGENET_MEAN, begin, completed, head_of

CONFIG = TrainingConfig(arch="resnet18", size=64, init="scratch")


@pytest.mark.parametrize("kind", ["folder", "file", "file without a head"])
def test_features_are_copied_and_the_head_is_new(tiny_model_folder: Path, tmp_path: Path, kind: str) -> None:
    stored = load_file(tiny_model_folder / "model.safetensors")
    path = tiny_model_folder if kind == "folder" else tiny_model_folder / "model.safetensors"
    if kind == "file without a head":
        path = tmp_path / "features.safetensors"
        save_file({k: v for k, v in stored.items() if not k.startswith("fc.")}, path)
    module = begin(replace(CONFIG, init=str(path)), 5)
    state = module.state_dict()
    assert all(torch.equal(state[k], v.float()) for k, v in stored.items() if not k.startswith("fc."))
    assert module.fc.weight.shape == (5, 512)
    assert torch.equal(module.fc.weight, begin(replace(CONFIG, init=str(path)), 5).fc.weight), "seeded"


def test_a_models_normalisation_comes_along(tiny_model_folder: Path) -> None:
    config = completed(replace(CONFIG, init=str(tiny_model_folder)))
    assert (config.mean, config.std) == ((0.5,) * 3, (0.25,) * 3)
    assert completed(replace(config, std=(0.1,) * 3)).std == (0.1,) * 3, "what the config says comes first"
    assert completed(CONFIG).mean == IMAGENET_MEAN
    bundled = completed(TrainingConfig())
    assert (bundled.mean, bundled.std) == (ZOO["bundled"].card.mean, ZOO["bundled"].card.std)


def test_torchvisions_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    published = resnet18()
    cached = tmp_path / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    cached.parent.mkdir(parents=True)
    torch.save(published.state_dict(), cached)
    module = begin(replace(CONFIG, init="torchvision"), 2)
    assert torch.equal(module.conv1.weight, published.conv1.weight) and module.fc.out_features == 2


def test_torchvision_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.urlopen", offline)
    with pytest.raises(ValueError, match=r"torchvision's weights of resnet18 can't be fetched .*no network"):
        begin(replace(CONFIG, init="torchvision"), 2)


def test_what_does_not_fit(tiny_model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="init 'bundled' is a resnet50, but arch is 'resnet18'"):
        begin(replace(CONFIG, init="bundled"), 2)
    for start in (completed, lambda config: begin(config, 2)):
        with pytest.raises(ValueError, match="init is 'nothing', expected torchvision, scratch, a file or a model: no"):
            start(replace(CONFIG, init="nothing"))
    file = str(tiny_model_folder / "model.safetensors")
    with pytest.raises(ValueError, match="does not fit the architecture"):
        begin(replace(CONFIG, init=file, arch="resnet50"), 2)
    with pytest.raises(ValueError, match="does not fit the architecture"):
        begin(replace(CONFIG, init=file, arch="mobilenet_v2"), 2)
    with pytest.raises(ValueError, match="unknown architecture 'resnet1'"):
        begin(replace(CONFIG, arch="resnet1"), 2)
    (tmp_path / "x.safetensors").write_text("hello")
    with pytest.raises(ValueError, match="is not a whole safetensors file"):
        begin(replace(CONFIG, init=str(tmp_path / "x.safetensors")), 2)


@pytest.mark.parametrize(
    ("arch", "head"), [("resnet18", "fc"), ("mobilenet_v2", "classifier.1"), ("densenet121", "classifier")]
)
def test_the_head_is_the_last_linear_layer(arch: str, head: str) -> None:
    assert head_of(begin(replace(CONFIG, arch=arch), 2)) == head
