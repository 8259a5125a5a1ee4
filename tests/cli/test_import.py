"""`models import`: what was found comes before what is kept, and trouble is one line that changes nothing."""

import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.cli.conftest import Cli
from tests.models import hostile
from tests.models.conftest import network, robustness_layout


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NAPARI_ROBUST_SYNTH_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "models"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    save_file(network().state_dict(), path)
    return path


def test_a_file_becomes_a_model(cli: Cli, file: Path, home: Path) -> None:
    result = cli("models", "import", file, "--name", "mine", "--size", 64, "--norm", "l2", "--eps", 3)
    assert (result.code, result.err) == (0, "")
    lines = dict(line.split(":", 1) for line in result.out.splitlines()[:-1])
    assert lines["architecture"].strip() == "shufflenet_v2_x0_5" and lines["eps"].strip() == "10.5"
    assert lines["classes"].strip() == "class 0, class 1, class 2"
    assert result.out.splitlines()[-1] == f"wrote {home / 'mine'}"
    assert cli("models", "info", home / "mine", "--json").json["arch"] == "shufflenet_v2_x0_5"


def test_a_radius_in_255ths(cli: Cli, file: Path) -> None:
    found = cli("models", "import", file, "--norm", "linf", "--eps", "4/255", "--dry-run", "--json").json
    assert (found["norm"], found["eps"], found["training"]) == ("linf", 4 / 255, "given")


def test_a_dry_run_keeps_nothing(cli: Cli, file: Path, home: Path) -> None:
    result = cli("models", "import", file, "--dry-run", "--json")
    assert result.code == 0 and not home.exists()
    assert (result.json["model"], result.json["architecture"], result.json["eps"]) == (None, "shufflenet_v2_x0_5", None)
    assert cli("models", "import", file, "--dry-run").out.splitlines()[-1] == "nothing was kept"


def test_names_and_normalisation_from_the_user(cli: Cli, file: Path, tmp_path: Path, home: Path) -> None:
    (tmp_path / "names.txt").write_text("cat\nsea otter\nÖtzi\n", encoding="utf-8")
    options = ("--classes", tmp_path / "names.txt", "--mean", "0,0,0", "--std", "1,1,1", "--arch", "shufflenet_v2_x0_5")
    values = cli("models", "import", file, *options, "--json").json
    assert values["classes"] == ["cat", "sea otter", "Ötzi"] and values["std"] == [1, 1, 1]
    assert values["model"] == str(home / "tiny") and (home / "tiny" / "card.json").is_file()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--mean", "1,2", "--std", "1,1,1"], "mean is '1,2', expected three numbers"),
        (["--mean", "0,0,0"], "mean and std belong together"),
        (["--name", "../x"], "give another"),
        (["--name", "bundled"], "there is a model 'bundled' already"),
        (["--arch", "resnet18"], "does not fit resnet18"),
        (["--classes", "missing.txt"], "missing.txt"),
        (["--classes", "tiny.safetensors"], "not a text file"),
        (["--classes", "blank.txt"], "empty or unreadable line"),
        (["--norm", "l1"], "l1"),
        (["--eps", "-1"], "eps is -1, expected a number from 0 on"),
        (["--eps", "4/"], "eps is '4/', expected a number such as 3 or 4/255"),
        (
            ["--norm", "linf", "--eps", "4"],
            "eps is 4 for linf, expected 0 to 1 as pixels have: for 4 of 255 give 4/255",
        ),
    ],
)
def test_wrong_options_change_nothing(
    cli: Cli, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("blank.txt").write_text("a\n\nb\n")
    before = sorted(tmp_path.rglob("*"))
    result = cli("models", "import", file, *options)
    assert result.code == 2 and line in result.err
    assert len(result.err.splitlines()) == 1 and sorted(tmp_path.rglob("*")) == before


def test_a_second_import_does_not_overwrite(cli: Cli, file: Path, home: Path) -> None:
    assert cli("models", "import", file).code == 0
    before = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    result = cli("models", "import", file)
    assert (result.code, result.err) == (2, "error: there is a model 'tiny' already: give another name\n")
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_is_one_line(cli: Cli, tmp_path: Path, home: Path, name: str) -> None:
    path = tmp_path / f"file{Path(name).suffix or '.pt'}"
    hostile.FILES[name][0](path, tmp_path / "marker")
    result = cli("models", "import", path)
    assert result.code == 2 and result.err.startswith("error: ") and len(result.err.splitlines()) == 1
    assert result.err.strip().isprintable() and result.out == ""
    assert not home.exists() and not (tmp_path / "marker").exists()


def test_a_hostile_checkpoint_with_whole_weights_is_imported_and_says_so(cli: Cli, tmp_path: Path, home: Path) -> None:
    marker, system = tmp_path / "marker", os.system.__module__
    content = robustness_layout(network()) | {"schedule": hostile.payloads(marker)["os.system"]}
    torch.save(content, tmp_path / "evil.pt", pickle_module=pickle)
    result = cli("models", "import", tmp_path / "evil.pt")
    assert result.code == 0 and (home / "evil" / "model.safetensors").is_file() and not marker.exists()
    assert f"replaced:      {system}.system\n" in result.out


@pytest.mark.parametrize("what", ["missing.pt", ""])
def test_no_file(cli: Cli, tmp_path: Path, what: str) -> None:
    result = cli("models", "import", tmp_path / what)
    assert result.code == 2 and len(result.err.splitlines()) == 1


def test_ctrl_c_while_writing_leaves_nothing(cli: Cli, file: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(tensors: object, path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("napari_robust_synth.models.checkpoints.save_file", interrupt)
    result = cli("models", "import", file)
    assert result.code == 130 and list(home.iterdir()) == []
