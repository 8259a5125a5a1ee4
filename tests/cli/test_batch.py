"""Recipes over many pictures: what is refused at once, before any process starts."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from napari_robust_synth.cli import cluster
from tests.cli.conftest import Cli
from tests.cli.test_replay import paint


@pytest.fixture
def recipe(cli: Cli, here: Path, tiny_model_folder: Path) -> Path:
    return paint(cli, tiny_model_folder)


def refused(cli: Cli, *arguments: object) -> str:
    result = cli("batch", *arguments)
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    return result.err


def test_without_dask(cli: Cli, recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = "error: batch needs dask.distributed: pip install 'napari-robust-synth[batch]'\n"
    assert refused(cli, recipe, "photo.png", "-o", "many") == said
    assert not Path("many").exists()


def test_what_can_not_go_well(cli: Cli, recipe: Path, tiny_model_folder: Path) -> None:
    Path("in").mkdir()
    for name in ("photo.jpg", "photo.png"):
        Image.open("photo.png").save(Path("in", name))
    assert "in/photo.jpg and in/photo.png would both become many/photo.png" in refused(cli, recipe, "in", "-o", "many")
    assert "would both become" in refused(cli, recipe, "photo.png", "in/photo.png", "-o", "many")
    assert "in holds the picture in/photo.jpg" in refused(cli, recipe, "in/photo.jpg", "-o", "in")
    assert "many does not exist" in refused(cli, recipe, "photo.png", "-o", "no/where/many").replace("no/where/", "")
    assert "no model 'nothere'" in refused(cli, recipe, "photo.png", "-o", "many", "--model", "nothere")
    assert "range is '5', expected two" in refused(cli, recipe, "photo.png", "-o", "many", "--range", 5)
    assert "9 to 1, but it must" in refused(cli, recipe, "photo.png", "-o", "many", "--range", "9,1")
    here = refused(cli, recipe, "photo.png", "-o", "many", "--workers", 1, "--scheduler", "tcp://127.0.0.1:1")
    assert "--workers is for this machine" in here
    assert "photo.png carries no recipe" in refused(cli, "photo.png", "photo.png", "-o", "many")
    generated = cli("generate", "--label", "church", "-n", 1, "--steps", 1, "-o", "g", "--model", tiny_model_folder)
    assert generated.code == 0
    assert "starts from no picture" in refused(cli, "g/church-000.png", "photo.png", "-o", "many")
    assert not Path("many").exists()


def test_results_that_are_there(cli: Cli, recipe: Path) -> None:
    Path("many").mkdir()
    Path("many/photo.png").write_text("mine")
    said = refused(cli, recipe, "photo.png", "-o", "many")
    assert "many holds 1 of the results already, photo.png first: go on with --resume" in said
    assert Path("many/photo.png").read_text() == "mine"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere://1"])
def test_no_scheduler(cli: Cli, recipe: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.2)
    assert f"no scheduler answers at {address}" in refused(
        cli, recipe, "photo.png", "-o", "many", "--scheduler", address
    )
