"""A damaged or hostile model folder ends in one line."""

import json
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from napari_robust_synth.models import load_classifier


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


class Bomb:
    """Unpickling this makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def pickled(path: Path) -> None:
    path.write_bytes(pickle.dumps(Bomb(path.parent / "exploded")))


def without(name: str):
    def write(path: Path) -> None:
        save_file({k: v for k, v in load_file(path).items() if k != name}, path)

    return write


def with_tensor(name: str, tensor: torch.Tensor):
    def write(path: Path) -> None:
        save_file({**load_file(path), name: tensor}, path)

    return write


def with_key(**values):
    def write(path: Path) -> None:
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))

    return write


def with_text(text: str | bytes):
    def write(path: Path) -> None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE = [
    ("model.safetensors", Path.unlink, "missing from the model folder"),
    ("model.safetensors", truncated, "not a whole safetensors file"),
    ("model.safetensors", with_text(b""), "not a whole safetensors file"),
    ("model.safetensors", with_text(b"\xff" * 64), "not a whole safetensors file"),
    ("model.safetensors", pickled, "not a whole safetensors file"),
    ("model.safetensors", as_folder, "not a whole safetensors file"),
    ("model.safetensors", without("layer1.0.conv1.weight"), "'layer1.0.conv1.weight'"),
    ("model.safetensors", without("fc.bias"), "'fc.bias'"),
    ("model.safetensors", with_tensor("extra", torch.zeros(1)), "'extra'"),
    ("model.safetensors", with_tensor("conv1.weight", torch.zeros(2, 2)), "size mismatch for conv1.weight"),
    ("model.safetensors", with_tensor("fc.bias", torch.tensor([0, torch.nan, 0])), "'fc.bias' has NaN or infinite"),
    ("model.safetensors", with_tensor("conv1.weight", torch.full((64, 3, 7, 7), torch.inf)), "NaN or infinite"),
    ("model.safetensors", with_tensor("bn1.running_var", torch.full((64,), -1.0)), "'bn1.running_var' has variances"),
    ("seeds.safetensors", with_tensor("residual", torch.full((3, 768), -0.1)), "'residual' has variances below 0"),
    ("seeds.safetensors", with_tensor("factor", torch.full((3, 768, 4), torch.nan)), "'factor' has NaN or infinite"),
    ("seeds.safetensors", truncated, "not a whole safetensors file"),
    ("seeds.safetensors", without("mean"), "does not hold seed statistics"),
    ("seeds.safetensors", with_tensor("extra", torch.zeros(1)), "does not hold seed statistics"),
    ("seeds.safetensors", with_tensor("mean", torch.zeros(3, 5)), "does not hold seed statistics"),
    ("card.json", Path.unlink, "is not a model folder: it has no card.json"),
    ("card.json", as_folder, "not a model card"),
    ("card.json", with_text("{"), "not a model card"),
    ("card.json", with_text(b"\xff\xfe"), "not a model card"),
    ("card.json", with_text("[]"), "not a model card"),
    ("card.json", with_text("{}"), "not a model card"),
    ("card.json", with_text("[" * 100_000), "not a model card"),
    ("card.json", with_key(arch=["resnet18"]), "arch"),
    ("card.json", with_key(arch="os.system"), "unknown architecture 'os.system'"),
    ("card.json", with_key(arch="squeezenet1_0"), "does not fit"),
    ("card.json", with_key(arch="resnet34"), "does not fit the architecture"),
    ("card.json", with_key(size=-1), "size is -1"),
    ("card.json", with_key(size="big"), "size"),
    ("card.json", with_key(mean=[0.5]), "mean and std"),
    ("card.json", with_key(eps=float("nan")), "eps and metrics"),
    ("card.json", with_key(metrics={"clean accuracy": float("inf")}), "eps and metrics"),
    ("card.json", with_key(std=[0, 1, 1]), "mean and std"),
    ("card.json", with_key(class_names=[]), "at least one class"),
    ("card.json", with_key(class_names=[1, 2, 3]), "class_names"),
    ("card.json", with_key(class_names=["a", "b"]), "size mismatch for fc"),
]


@pytest.mark.parametrize(("name", "damage", "word"), DAMAGE)
def test_damage_is_one_line(folder: Path, name: str, damage, word: str) -> None:
    damage(folder / name)
    with pytest.raises(ValueError, match=word) as caught:
        load_classifier(folder)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    assert not (folder / "exploded").exists()


def test_seeds_of_other_classes_are_refused(folder: Path) -> None:
    save_file(
        {k: v[:2].contiguous() for k, v in load_file(folder / "seeds.safetensors").items()},
        folder / "seeds.safetensors",
    )
    with pytest.raises(ValueError, match="seeds of 2 classes, but the card names 3"):
        load_classifier(folder)


def test_unknown_keys_of_a_newer_card_are_ignored(folder: Path) -> None:
    with_key(colour="blue")(folder / "card.json")
    assert load_classifier(folder).class_names == ("tench", "church", "golden retriever")
