"""The classify and models commands."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from napari_robust_synth.models import ZOO, ModelCard, ZooEntry
from napari_robust_synth.models.fetch import fetch
from tests import server as bad
from tests.cli.conftest import Cli
from tests.server import Server


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


@pytest.fixture
def kept(offered: ZooEntry) -> Path:
    return fetch(offered)


def test_list_what_can_be_fetched(cli: Cli, tiny_in_zoo: None, offered: ZooEntry, home: Path) -> None:
    result = cli("models", "list")
    lines = result.out.splitlines()
    assert lines[0].startswith("bundled: ")
    assert "offered: resnet18, 64 px, 10 classes, l2 eps 3 at 64 px, 1 MB, to be fetched" in lines
    assert "resnet50_linf_eps4.0: resnet50, 224 px, 1000 classes, linf eps 4/255, 205 MB, to be fetched" in lines
    assert result.err == f"models are kept in {home / 'models'}\n"
    fetch(offered)
    assert cli("models", "list").out.splitlines()[1] == "offered: resnet18, 64 px, 3 classes, l2 eps 3 at 64 px"
    listed = cli("models", "list", "--json").json
    assert list(listed)[:2] == ["bundled", "offered"]
    assert (listed["offered"]["here"], listed["cifar"]["here"]) == (True, False)
    assert listed["summer2winter"]["eps"] is None


def test_list_survives_a_damaged_model(cli: Cli, kept: Path) -> None:
    (kept / "card.json").write_text("{")
    assert "is not a model card" in next(x for x in cli("models", "list").out.splitlines() if x.startswith("offered"))
    assert "is not a model card" in cli("models", "list", "--json").json["offered"]["error"]


def test_info_before_fetching(cli: Cli) -> None:
    text = cli("models", "info", "cifar_linf_8").out
    assert "class_names: airplane, automobile, " in text
    assert "here: no, fetch it with `napari-robust-synth models fetch cifar_linf_8`" in text
    assert "licence: not stated by its authors" in text
    values = cli("models", "info", "resnet18_l2_eps3", "--json").json
    assert "sha256" not in values and not values["here"] and len(values["class_names"]) == 1000


def test_fetch(cli: Cli, offered: ZooEntry, home: Path) -> None:
    result = cli("models", "fetch", "offered")
    folder = home / "models" / "offered"
    assert (result.code, result.out, result.err) == (0, f"fetched offered into {folder}\n", "")
    assert cli("models", "fetch", "offered").out == f"offered is here already, in {folder}\n"
    assert cli("models", "fetch", "offered", "--json").json == {"name": "offered", "folder": str(folder)}
    assert cli("models", "info", "offered", "--json").json["here"]


@pytest.mark.parametrize(
    ("behave", "words"), [(bad.status(404), "(404)"), (bad.drop_midway, "fetch again to go on from there")]
)
def test_fetch_fails_in_one_line(
    cli: Cli, offered: ZooEntry, server: Server, behave: Callable[[bad.Handler], None], words: str
) -> None:
    server.behave = behave
    result = cli("models", "fetch", "offered")
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert words in result.err and "model.ckpt yourself" in result.err


@pytest.mark.parametrize("command", ["info", "fetch", "remove"])
def test_an_unknown_name(cli: Cli, command: str) -> None:
    result = cli("models", command, "nothing")
    assert result.code == 2 and len(result.err.splitlines()) == 1 and "'nothing'" in result.err


def test_a_model_that_is_not_here(cli: Cli, photo_file: Path, offered: ZooEntry) -> None:
    result = cli("classify", photo_file, "--model", "offered")
    command = "napari-robust-synth models fetch offered"
    assert (result.code, result.err) == (2, f"error: model offered is not here yet: run `{command}` first\n")


def test_remove(cli: Cli, kept: Path) -> None:
    assert cli("models", "remove", "offered").out == "removed offered\n"
    assert not kept.exists()
    assert cli("models", "remove", "offered").code == 2


def test_remove_refuses_the_bundled_one(cli: Cli) -> None:
    result = cli("models", "remove", "bundled")
    assert (result.code, result.err) == (2, "error: the bundled model belongs to the package and can't be removed\n")


def test_where(cli: Cli, home: Path) -> None:
    assert cli("models", "where").out == f"models: {home / 'models'}\ndownloads: {home / 'downloads'}\n"
    assert cli("models", "where", "--json").json["models"] == str(home / "models")


def test_a_recipe_names_a_kept_model(cli: Cli, kept: Path, photo_file: Path, out: Path) -> None:
    arguments = ("translate", photo_file, "--label", "church", "--steps", 2, "--device", "cpu")
    assert cli(*arguments, "--model", "offered", "-o", out / "a.png").code == 0
    assert json.loads((out / "a.png.recipe.json").read_text())["model"] == "offered"
    assert cli("replay", out / "a.png.recipe.json", "-o", out / "b.png").code == 0
    assert (out / "a.png").read_bytes() == (out / "b.png").read_bytes()
