"""Model folders: what is stored comes back."""

import os
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torchvision.models import resnet18

from napari_robust_synth.core import SeedStatistics
from napari_robust_synth.models import ModelCard, load_classifier
from napari_robust_synth.models.checkpoints import build, device_of, fill, read_tensors, save_model, tensors_of

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
    difference = load_classifier(tmp_path, precise=True).logits(X) - module.eval()(x).detach()
    assert difference.abs().max() < 1e-2


def test_only_batch_norms_stay_in_float32() -> None:
    state = tensors_of(resnet18(), half=True)
    full = {name for name, tensor in state.items() if tensor.dtype == torch.float32}
    assert all(".bn" in name or name.startswith("bn1.") or ".downsample.1." in name for name in full)
    assert all(tensor.dtype == torch.float16 for name, tensor in state.items() if name not in full)
    assert len(full) == 4 * sum(isinstance(m, torch.nn.BatchNorm2d) for m in resnet18().modules())
    whole = tensors_of(resnet18().half(), half=False)
    assert whole.keys() == state.keys() and {tensor.dtype for tensor in whole.values()} == {torch.float32}


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


def test_features_without_a_head_start_a_network(tmp_path: Path) -> None:
    state = {k: v.clone() for k, v in resnet18().state_dict().items() if not k.startswith("fc.")}
    save_file(state, tmp_path / "features.safetensors")
    module = build("resnet18", 5)
    head = module.fc.weight.clone()
    fill(module, read_tensors(tmp_path / "features.safetensors"), "features", without="fc.")
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
        fill(build("resnet18", 5), read_tensors(tmp_path / "features.safetensors"), "features", without="fc.")


@pytest.mark.parametrize("name", ["cpu", "auto"])
def test_device_that_is_there(name: str) -> None:
    assert device_of(name).type in {"cpu", "cuda", "mps"}


@pytest.mark.parametrize("name", ["tpu", "", "cuda:99"])
def test_device_that_is_not(name: str) -> None:
    with pytest.raises(ValueError, match="not available here: choose one of auto, cpu"):
        device_of(name)
