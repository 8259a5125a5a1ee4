"""The demo: a napari of its own, or files where there is no display."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_robust_synth import samples, tasks
from napari_robust_synth.cli import commands, demo
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.pictures import decode
from tests.cli.conftest import Cli


@pytest.fixture
def small_demo(
    tmp_path: Path, photo: np.ndarray, mask: np.ndarray, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = {"image": photo, "mask": mask, "task": "paint", "label": "church", "features": ()}
    monkeypatch.setattr(samples, "load", lambda name: sample)
    monkeypatch.setitem(ZOO, "bundled", ZooEntry("bundled", tiny_model_folder))
    monkeypatch.setattr(tasks.Paint, "presets", {"default": {"steps": 2}})
    monkeypatch.chdir(tmp_path)


FILES = ["after.png", "after.png.recipe.json", "before.png", "mask.png"]


def test_without_a_display(
    cli: Cli, small_demo: None, photo: np.ndarray, mask: np.ndarray, tiny_model_folder: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(demo, "has_display", lambda: False)
    result = cli("demo")
    assert result.code == 0
    assert "no display: painting into the folder napari-robust-synth-demo" in result.err
    folder = Path("napari-robust-synth-demo")
    assert sorted(p.name for p in folder.iterdir()) == FILES
    after = decode.read(folder / "after.png").pixels
    np.testing.assert_array_equal(after[~mask], photo[~mask])
    assert (after[mask] != photo[mask]).any()
    again = cli("replay", folder / "after.png.recipe.json", "-o", "again.png", "--model", tiny_model_folder)
    assert again.code == 0
    np.testing.assert_array_equal(decode.read(Path("again.png")).pixels, after)


def test_a_display_that_is_dead(cli: Cli, small_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "has_display", lambda: True)
    monkeypatch.setattr(subprocess, "run", lambda command, check: subprocess.CompletedProcess(command, -6))
    result = cli("demo", "-o", "made")
    assert result.code == 0
    assert "the window failed (exit code -6): painting into the folder made" in result.err
    assert sorted(p.name for p in Path("made").iterdir()) == FILES


def test_what_the_demo_writes_here_is_not_tracked() -> None:
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text(encoding="utf-8").splitlines()
    default = inspect.signature(commands.demo).parameters["out"].default
    assert f"{default}/" in ignored


def test_the_sample_is_there_and_fits() -> None:
    sample = samples.load(demo.SAMPLE)
    assert sample["task"] == "paint"
    assert sample["mask"].shape == sample["image"].shape[:2]


def test_with_a_display(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []

    def run(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        called.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(demo, "has_display", lambda: True)
    monkeypatch.setattr(subprocess, "run", run)
    assert cli("demo").code == 0
    assert called == [[sys.executable, "-m", "napari_robust_synth._napari.demo"]]


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_is_there_a_display(
    platform: str, variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert demo.has_display() is expected


def test_a_folder_that_cannot_be_made(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "has_display", lambda: False)
    result = cli("demo", "-o", tmp_path / "no" / "demo", "--quiet")
    assert result.code == 2
    assert result.err.startswith("error: the output folder")
