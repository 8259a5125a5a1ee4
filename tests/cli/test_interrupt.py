"""Ctrl-C ends with exit code 130, and either everything was written or nothing."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from napari_robust_synth.pictures import files
from tests import server as bad
from tests.cli.conftest import Cli
from tests.server import BODY, Server

SLOW_RUN = """
import sys
from napari_robust_synth import tasks
from napari_robust_synth.cli import main

def states(self, states=tasks.Job.states):
    for state in states(self):
        print("step", state.step, flush=True)
        yield state

tasks.Job.states = states
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process there can't be sent Ctrl-C alone")
def test_in_the_middle_of_a_run(photo_file: Path, out: Path, tiny_model_folder: Path) -> None:
    arguments = ["translate", str(photo_file), "--label", "church", "-o", str(out / "a.png"), "--steps", "2000"]
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_RUN, *arguments, "--model", str(tiny_model_folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "step 0\n"
        assert process.stdout.readline() == "step 1\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=600)
    assert process.returncode == 130
    assert errors == "interrupted\n"
    assert list(out.iterdir()) == []


FETCH = """
import sys
from napari_robust_synth.cli import main
from napari_robust_synth.models.published import published

source = published()["cifar"]
object.__setattr__(source, "url", sys.argv.pop(1))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process there can't be sent Ctrl-C alone")
def test_in_the_middle_of_a_download(server: Server, home: Path) -> None:
    server.behave = bad.stall
    part = home / "downloads" / "CIFAR.pt.part"
    arguments = [server.url, "models", "fetch", "cifar"]
    with subprocess.Popen([sys.executable, "-c", FETCH, *arguments], stderr=subprocess.PIPE, text=True) as process:
        for _ in range(600):
            if part.exists() and part.stat().st_size:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=600)
    assert (process.returncode, errors) == (130, "interrupted\n")
    begun = part.read_bytes()
    assert begun and BODY.startswith(begun)
    server.behave = bad.drop_midway
    subprocess.run([sys.executable, "-c", FETCH, *arguments], check=False, capture_output=True)
    assert server.asked[-1] == f"bytes={len(begun)}-"


def test_while_files_are_moved_into_place(
    cli: Cli, photo_file: Path, out: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = files._place

    def interrupted(staged: Mapping[Path, Path]) -> None:
        signal.raise_signal(signal.SIGINT)
        place(staged)

    monkeypatch.setattr(files, "_place", interrupted)
    result = cli(
        *("translate", photo_file, "--label", "church", "-o", out / "a.png", "--steps", 2),
        *("--model", tiny_model_folder),
    )
    assert (result.code, result.err) == (130, "interrupted\n")
    assert sorted(p.name for p in out.iterdir()) == ["a.png", "a.png.recipe.json"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
