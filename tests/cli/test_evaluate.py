"""The evaluate command: a report, resumed, repeated, refused."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import torch

from napari_robust_synth.evaluation import keeping, parts
from napari_robust_synth.models import ModelCard
from napari_robust_synth.models.checkpoints import build, save_model
from tests.cli.conftest import Cli
from tests.conftest import NAMES
from tests.evaluation.pictures import make_tree

QUICK = ("--n", 2, "--steps", 1, "--only", "robustness,translation")


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two random classifiers of the same classes: a judge and a peer."""
    root = tmp_path_factory.mktemp("strangers")
    card = ModelCard("resnet18", 64, (0.5,) * 3, (0.25,) * 3, NAMES)
    for i, name in enumerate(("stranger", "standard"), start=1):
        torch.manual_seed(i)
        save_model(root / name, build("resnet18", 3), card)
    return root / "stranger", root / "standard"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tree(tmp_path_factory.mktemp("data"), each=2)


@pytest.fixture
def arguments(tiny_model_folder: Path, strangers: tuple[Path, Path], data: Path) -> list[object]:
    return [
        "evaluate",
        "--model",
        tiny_model_folder,
        "--data",
        data,
        "--judge",
        strangers[0],
        *QUICK,
        "--device",
        "cpu",
    ]


def test_a_report(cli: Cli, tmp_path: Path, arguments: list[object], strangers: tuple[Path, Path]) -> None:
    out, events = tmp_path / "report", tmp_path / "events.jsonl"
    result = cli(*arguments, "--against", strangers[1], "-o", out, "--json", "--events", events)
    assert result.code == 0, result.err
    assert result.err.splitlines() == [
        *("Translation, tiny", "Translation, standard", "Robustness, tiny", "Robustness, standard"),
    ]
    assert result.json["report"] == str(out / "report.html") and result.json["parts"] == ["translation", "robustness"]
    assert sorted(path.name for path in out.iterdir()) == [
        *("figures", "metrics.json", "parts", "report.html", "report.md"),
    ]
    found = json.loads((out / "metrics.json").read_text())
    assert set(found["parts"]["translation"]) == {"tiny", "standard"}
    assert found["about"]["judge"].startswith("stranger, weights ")
    assert "instead of the presets'" in found["about"]["steps"]
    again = "--model tiny --n 2 --against standard --judge stranger --only robustness,translation --steps 1"
    assert found["about"]["command"] == f"napari-robust-synth evaluate --data DATA_DIR -o REPORT_DIR {again}"
    first = json.loads(events.read_text().splitlines()[0])
    assert first == {"what": "Translation, tiny", "done": 0, "total": 0}


def test_it_goes_on_where_it_stopped_and_ends_with_the_same_numbers(
    cli: Cli, tmp_path: Path, arguments: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "report"
    assert cli(*arguments, "-o", whole, "--quiet").code == 0
    find = parts.Part.find

    def interrupted(part: parts.Part, *others: object) -> object:
        if part.name == "robustness":
            raise KeyboardInterrupt
        return find(part, *others)

    with monkeypatch.context() as patch:
        patch.setattr(parts.Part, "find", interrupted)
        assert cli(*arguments, "-o", out).code == 130
    assert [path.name.partition("-")[0] for path in (out / "parts").iterdir()] == ["translation"]
    result = cli(*arguments, "-o", out)
    assert (result.code, result.err) == (0, "Robustness, tiny\n"), "translation is not measured again"
    assert (out / "metrics.json").read_bytes() == (whole / "metrics.json").read_bytes()
    assert (out / "report.html").read_bytes() == (whole / "report.html").read_bytes()
    assert cli(*arguments, "-o", out).err == ""
    assert cli(*arguments, "--seed", 1, "-o", out).err == "Translation, tiny\nRobustness, tiny\n"
    damaged = next((out / "parts").glob("robustness-*"))
    damaged.write_text("{}")
    assert "Robustness, tiny\n" in "".join(cli(*arguments, "--seed", seed, "-o", out).err for seed in (0, 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--only", "robustness,dreams"], "no part 'dreams' of a report: expected some of grid, generation, "),
        (["--data", "nowhere"], "nowhere is not a folder of pictures: expected nowhere/CLASS/picture.jpg"),
        (["--model", "nobody"], "no model 'nobody': expected "),
        (["--against", "MODEL"], "is the same classifier as "),
        (["--judge", "MODEL"], "tiny can't judge tiny, which is the same or began as it: choose another judge"),
        (["--pair", "tench", "chruch"], "unknown class 'chruch': the nearest are 'church'"),
        (["--data", "TWO", "--pair", "tench", "church"], "has no picture of the class 'tench': choose another pair"),
        (["--lpips", "FILE"], "is not "),
        (["--inception", "FILE"], "is not "),
        (["--data", "OTHERS"], "has no picture of a class that tiny (tench, church, …) know"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refuses(
    cli: Cli, tmp_path: Path, arguments: list[object], tiny_model_folder: Path, change: list[str], message: str
) -> None:
    (tmp_path / "text.pth").write_text("hello")
    for name in ("a", "b"):
        shutil.copytree(tiny_model_folder, tmp_path / "others" / name)
    shutil.copytree(arguments[4] / "val", tmp_path / "two", ignore=shutil.ignore_patterns("tench"))
    places = {
        "TWO": tmp_path / "two",
        "MODEL": tiny_model_folder,
        "FILE": tmp_path / "text.pth",
        "OTHERS": tmp_path / "others",
    }
    result = cli(*arguments, *(places.get(word, word) for word in change), "-o", tmp_path / "report")
    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert result.err.startswith("error: ") and message in result.err
    assert not (tmp_path / "report").exists()


def test_the_extra_is_named_when_it_is_missing(
    cli: Cli, tmp_path: Path, arguments: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lpips", None)
    monkeypatch.setattr("napari_robust_synth.cli.evaluation.find_spec", lambda name: name != "lpips" or None)
    result = cli(*arguments, "-o", tmp_path / "report")
    assert result.err == "error: evaluate needs lpips: pip install 'napari-robust-synth[evaluation]'\n"
    assert not (tmp_path / "report").exists()


def test_what_is_installed_later_is_measured_with_and_the_rest_is_kept(
    cli: Cli, tmp_path: Path, arguments: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report"
    for installed in (None, "4.0"):
        monkeypatch.setattr(keeping, "installed", lambda package, found=installed: found)
        assert cli(*arguments, "-o", out, "--quiet").code == 0
    assert sorted(path.name.partition("-")[0] for path in (out / "parts").iterdir()) == [
        *("robustness", "robustness", "translation"),
    ]


def test_all_pictures_to_validate_on_are_measured_on(cli: Cli, tmp_path: Path, arguments: list[object]) -> None:
    (tmp_path / "own.toml").write_text("hold_out = 0.5\n")
    result = cli(*arguments, "--only", "robustness", "--config", tmp_path / "own.toml", "-o", tmp_path / "report")
    assert result.code == 0, result.err
    about = json.loads((tmp_path / "report" / "metrics.json").read_text())["about"]
    assert about["pictures"].startswith("2 of 6 in val")
