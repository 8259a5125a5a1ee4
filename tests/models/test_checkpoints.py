"""Model folders: what is stored comes back, and a damaged or hostile one ends in one line."""

import json
import os
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torchvision.models import resnet18

from napari_robust_synth.core import SeedStatistics
from napari_robust_synth.models import ModelCard, load_classifier
from napari_robust_synth.models.checkpoints import build, device_of, half_but_norms, load_features, save_model

X = torch.rand((2, 3, 64, 64), generator=torch.Generator().manual_seed(0))
CARD = ModelCard("resnet18", 64, (0.5, 0.5, 0.5), (0.004, 0.004, 0.004), ("a", "b", "c"))


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


def test_logits_survive_storage_with_a_variance_beyond_float16(tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = resnet18(num_classes=3)
    module.bn1.running_var.fill_(200_000.0)
    module.bn1.weight.data.fill_(30.0)
    save_model(tmp_path, module, CARD)
    stored = load_file(tmp_path / "model.safetensors")
    assert stored["bn1.running_var"].dtype == torch.float32 and stored["bn1.running_var"].eq(200_000).all()
    assert stored["conv1.weight"].dtype == stored["fc.weight"].dtype == torch.float16
    x = (X - 0.5) / 0.004
    difference = load_classifier(tmp_path).logits(X) - module.eval()(x).detach()
    assert difference.abs().max() < 1e-2


def test_only_batch_norms_stay_in_float32() -> None:
    state = half_but_norms(resnet18())
    full = {name for name, tensor in state.items() if tensor.dtype == torch.float32}
    assert all(".bn" in name or name.startswith("bn1.") or ".downsample.1." in name for name in full)
    assert all(tensor.dtype == torch.float16 for name, tensor in state.items() if name not in full)
    assert len(full) == 4 * sum(isinstance(m, torch.nn.BatchNorm2d) for m in resnet18().modules())


def test_seeds_and_card_come_back(tmp_path: Path) -> None:
    seeds = SeedStatistics(torch.rand(3, 48), torch.rand(3, 48, 2), torch.rand(3, 48))
    card = CARD.with_metrics({"clean accuracy": 81.5})
    save_model(tmp_path / "new" / "model", build("resnet18", 3), card, seeds)
    loaded = load_classifier(tmp_path / "new" / "model")
    assert ModelCard.read(tmp_path / "new" / "model") == card
    assert loaded.class_names == ("a", "b", "c") and loaded.name == "model" and len(loaded.sha256) == 64
    for name in ("mean", "factor", "residual"):
        torch.testing.assert_close(getattr(loaded.seeds, name).float(), getattr(seeds, name), atol=1e-3, rtol=1e-3)


def test_files_get_the_usual_permissions_and_nothing_else_is_left(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        save_model(tmp_path, build("resnet18", 3), CARD)
        (tmp_path / "plain").touch()
    finally:
        os.umask(previous)
    modes = {p.name: oct(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("model.safetensors", "card.json", "plain"), modes["plain"])


def test_a_failed_write_keeps_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def fail(tensors: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("napari_robust_synth.models.checkpoints.save_file", fail)
    with pytest.raises(OSError, match="No space"):
        save_model(folder, build("resnet18", 3), CARD)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


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


def test_features_without_a_head_start_a_network(tmp_path: Path) -> None:
    state = {k: v.clone() for k, v in resnet18().state_dict().items() if not k.startswith("fc.")}
    save_file(state, tmp_path / "features.safetensors")
    module = build("resnet18", 5)
    head = module.fc.weight.clone()
    load_features(tmp_path / "features.safetensors", module)
    assert torch.equal(module.conv1.weight, state["conv1.weight"]) and torch.equal(module.fc.weight, head)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ({"conv1.weight": torch.zeros(1)}, "size mismatch"),
        ({"other": torch.zeros(1)}, "does not fit the architecture"),
    ],
)
def test_features_of_another_network_are_refused(tmp_path: Path, state, word: str) -> None:
    save_file(state, tmp_path / "features.safetensors")
    with pytest.raises(ValueError, match=word):
        load_features(tmp_path / "features.safetensors", build("resnet18", 5))


@pytest.mark.parametrize("name", ["cpu", "auto"])
def test_device_that_is_there(name: str) -> None:
    assert device_of(name).type in {"cpu", "cuda", "mps"}


@pytest.mark.parametrize("name", ["tpu", "", "cuda:99"])
def test_device_that_is_not(name: str) -> None:
    with pytest.raises(ValueError, match="not available here: choose one of auto, cpu"):
        device_of(name)
