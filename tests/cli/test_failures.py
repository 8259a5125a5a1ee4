"""What fails during a run, and the whole program as a process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from napari_robust_synth import tasks
from tests.cli.conftest import Cli

SMALL = ["--steps", 2]


def test_out_of_memory_is_one_line(
    cli: Cli, photo_file: Path, out: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["translate", photo_file, "--label", "tench", "-o", out / "a.png", "--model", tiny_model_folder]
    for error in (torch.OutOfMemoryError("CUDA out of memory. Tried\nto"), MemoryError()):

        def states(self: tasks.Job, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(tasks.Job, "states", states)
        result = cli(*arguments)
        assert result.code == 2
        assert result.err == "error: out of memory: choose a smaller --size, fewer pictures, or --device cpu\n"
    assert list(out.iterdir()) == []


def test_full_disk_is_one_line(
    cli: Cli, photo_file: Path, out: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    result = cli(
        *("translate", photo_file, "--label", "tench", "-o", out / "a.png", "--model", tiny_model_folder, *SMALL)
    )
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("error: ")
    assert "No space left on device" in result.err
    assert list(out.iterdir()) == []


def test_as_a_process(photo_file: Path, out: Path, tiny_model_folder: Path) -> None:
    command = [sys.executable, "-m", "napari_robust_synth", "translate", str(photo_file), "-o", str(out / "a.png")]
    good = subprocess.run(
        [*command, "--label", "tench", "--steps", "2", "--model", str(tiny_model_folder), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["label"] == "tench"
    bad = subprocess.run([*command, "--labl", "tench"], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("error: No such option: --labl")
    assert len(bad.stderr.splitlines()) == 1
