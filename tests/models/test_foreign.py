"""What a checkpoint holds is found in the layouts that others write."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from napari_robust_synth.models import architectures
from napari_robust_synth.models.foreign import Network, Training, find_network, training
from napari_robust_synth.models.torchfiles import read_checkpoint
from tests.models.conftest import MEAN, STD, network, robustness_layout

KNOWN = {arch for family in architectures.FAMILIES for arch in family.archs[:2]}
PAPER = {"resnet18", "resnet50", "wide_resnet50_2", architectures.WIDE, "densenet161", "mobilenet_v2", "mnasnet1_0"}
PAPER |= {"shufflenet_v2_x1_0", "vgg16_bn", "resnext50_32x4d", "cifar_resnet50"}
MODULE = network()
STATE = MODULE.state_dict()


def prefixed(prefix: str, state: dict[str, torch.Tensor] = STATE) -> dict[str, torch.Tensor]:
    return {prefix + k: v for k, v in state.items()}


def find(path: Path, content: Any, arch: str | None = None) -> Network:
    torch.save(content, path)
    return find_network(read_checkpoint(path), arch)


LAYOUTS = {
    "plain": STATE,
    "state_dict": {"state_dict": prefixed("module."), "epoch": 3, "arch": "shufflenet_v2_x0_5"},
    "model_state_dict": {"model_state_dict": prefixed("model."), "loss": 0.5},
    "net": {"net": prefixed("module."), "acc": 91.0},
    "robustness": robustness_layout(MODULE) | {"schedule": None},
    "RobustBench": {"mu": torch.tensor(MEAN), "sigma": torch.tensor(STD), **prefixed("model.")},
    "normalize": {"normalize.mean": torch.tensor(MEAN)[:, None, None], "normalize.std": torch.tensor(STD)}
    | prefixed("model."),
    "timm": {"state_dict": {k: v * 0 for k, v in STATE.items()}, "state_dict_ema": STATE, "args": Namespace(lr=1)},
    "parameters": {"model": {k: nn.Parameter(v, requires_grad=False) for k, v in STATE.items()}},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_network_is_found_in_any_layout(tmp_path: Path, layout: str) -> None:
    found = find(tmp_path / "file.pt", LAYOUTS[layout])
    checkpoint = read_checkpoint(tmp_path / "file.pt")
    assert (found.arch, found.classes) == ("shufflenet_v2_x0_5", 3)
    assert set(found.tensors) == set(STATE)
    assert all(torch.equal(checkpoint.tensor(v), STATE[k]) for k, v in found.tensors.items())
    if layout in {"robustness", "RobustBench", "normalize"}:
        assert found.normaliser and (found.normaliser.mean, found.normaliser.std) == (MEAN, STD)
    else:
        assert found.normaliser is None


def test_what_is_left_in_the_file_is_named(tmp_path: Path) -> None:
    found = find(tmp_path / "file.pt", LAYOUTS["robustness"])
    assert found.where == "the entry 'model', names from 'module.model.'"
    assert found.ignored == (
        *("'optimizer'", "'schedule'", "'epoch'", "'amp'", "'adv_prec1'"),
        f"{len(STATE) + 4} other tensors",
    )


def test_safetensors(tmp_path: Path) -> None:
    save_file(prefixed("model."), tmp_path / "file.safetensors")
    assert find_network(read_checkpoint(tmp_path / "file.safetensors")).arch == "shufflenet_v2_x0_5"


@pytest.mark.parametrize("arch", sorted(KNOWN | PAPER))
def test_architectures_are_told_apart(arch: str) -> None:
    with torch.device("meta"):
        shapes = {k: tuple(v.shape) for k, v in architectures.build(arch, 9).state_dict().items()}
    assert architectures.infer(shapes) == (arch, 9)
    uncounted = {k: v for k, v in shapes.items() if not k.endswith("num_batches_tracked")}
    assert architectures.infer(uncounted) == (arch, 9)
    assert architectures.infer(dict(list(shapes.items())[1:])) is None


def test_the_wide_network_of_the_paper_is_four_times_as_wide() -> None:
    with torch.device("meta"):
        module = architectures.build(architectures.WIDE, 1000)
    assert module.get_parameter("layer4.2.conv2.weight").shape == (2048, 2048, 3, 3)


@pytest.mark.parametrize(
    ("content", "arch", "line"),
    [
        ({"epoch": 3}, None, "holds no weights: expected a state dict"),
        ([1, 2], None, "holds no weights"),
        (MODULE, None, "holds no weights"),
        ({"a": torch.ones(2), "b": torch.ones(3)}, None, "not recognised: give its arch"),
        ({k: v for k, v in STATE.items() if k != "conv1.0.weight"}, None, "not recognised"),
        (STATE, "resnet18", "does not fit resnet18"),
        (STATE, "resnet1000", "unknown architecture 'resnet1000'"),
        (STATE, "densenet121", "does not fit densenet121"),
        (STATE, "timm:no_such_net", "timm has no architecture 'no_such_net'"),
    ],
)
def test_what_is_not_found_is_one_line(tmp_path: Path, content: Any, arch: str | None, line: str) -> None:
    with pytest.raises(ValueError, match=line) as caught:
        find(tmp_path / "file.pt", content, arch)
    assert "\n" not in str(caught.value)


def test_without_timm_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "timm", None)
    with pytest.raises(ValueError, match=r"needs timm: pip install 'napari-robust-synth\[timm\]'"):
        find(tmp_path / "file.pt", STATE, "timm:resnet10t")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pt", {"epoch": 5}, Training(None, None, 5)),
        ("a.pt", {"args": Namespace(constraint="2", eps="0.5"), "epoch": 9}, Training("l2", 0.5, 9)),
        ("a.pt", {"args": {"norm": "Linf", "epsilon": 0.03}}, Training("linf", 0.03, None)),
        ("resnet50_l2_eps3.ckpt", {}, Training("l2", 3.0, None)),
        ("resnet18_linf_eps4.0.ckpt", {}, Training("linf", 4 / 255, None)),
        ("a.pt", {"args": {"norm": "Linf", "eps": 4}}, Training("linf", None, None)),
        ("resnet18_linf_eps4.0.ckpt", {"args": {"norm": "Linf", "eps": 8}}, Training("linf", 4 / 255, None)),
        ("a.pt", {"eps": float("nan"), "epoch": "many", "constraint": ["2"]}, Training(None, None, None)),
    ],
)
def test_training_is_read_from_file_or_name(tmp_path: Path, name: str, content: Any, expected: Training) -> None:
    torch.save({"model": STATE, **content}, tmp_path / name)
    assert training(read_checkpoint(tmp_path / name)) == expected
