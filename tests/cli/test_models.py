"""The classify and models commands."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from napari_robust_synth.models import ZOO, ModelCard, ZooEntry
from tests.cli.conftest import Cli


@pytest.fixture
def tiny_in_zoo(tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ZOO, "bundled", ZooEntry("bundled", tiny_model_folder))


def test_classify(cli: Cli, photo_file: Path, tiny_in_zoo: None) -> None:
    result = cli("classify", photo_file, "--json", "--device", "cpu")
    assert (result.code, result.err) == (0, "")
    found = result.json["classes"]
    assert {c["label"] for c in found} == {"tench", "church", "golden retriever"}
    assert sum(c["probability"] for c in found) == pytest.approx(1)
    assert found == sorted(found, key=lambda c: -c["probability"])
    assert (result.json["model"], result.json["size"]) == ("bundled", 64)
    lines = cli("classify", photo_file).out.splitlines()
    assert [line.split("%")[1].strip() for line in lines] == [c["label"] for c in found]


@pytest.mark.parametrize("more", [["--size", 0], ["--range", "3,1"], ["--device", "tpu"], ["--model", "none"]])
def test_classify_refuses(cli: Cli, photo_file: Path, tiny_in_zoo: None, more: list[object]) -> None:
    result = cli("classify", photo_file, *more)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("error: ")


def test_list(cli: Cli, tiny_in_zoo: None) -> None:
    assert "bundled: resnet18, 64 px, 3 classes, l2 eps 3\n" in cli("models", "list").out
    assert cli("models", "list", "--json").json["bundled"]["size"] == 64


def test_info_of_how_it_was_trained(cli: Cli, tiny_model_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))
    card = ModelCard.read(folder).with_metrics({"clean accuracy": 78.4, "validation pictures": 1000}, "PGD-20")
    whole = {**card.to_dict(), "config": {"epochs": 9, "lr": 0.03, "steps": [1, 2.0]}}
    (folder / "card.json").write_text(json.dumps(whole))
    lines = cli("models", "info", folder).out.splitlines()
    assert {"clean accuracy: 78.4", "validation pictures: 1000", "attack: PGD-20"} <= set(lines)
    assert "config: epochs 9, lr 0.03, steps 1, 2" in lines
    assert cli("models", "info", folder, "--json").json["config"]["epochs"] == 9


def test_info(cli: Cli, tiny_model_folder: Path) -> None:
    text = cli("models", "info", tiny_model_folder).out
    assert "class_names: tench, church, golden retriever\n" in text
    values = cli("models", "info", tiny_model_folder, "--json").json
    files = (tiny_model_folder / name for name in ("model.safetensors", "seeds.safetensors"))
    assert values["sha256"] == hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    assert values["class_names"] == json.loads((tiny_model_folder / "card.json").read_text())["class_names"]
