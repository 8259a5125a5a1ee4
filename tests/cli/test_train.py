"""The train command: alone, killed and resumed, and as several processes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from napari_robust_synth.training import checkpoint, lock
from napari_robust_synth.training.events import read_events
from tests.cli.conftest import Cli

CONFIG = """
arch = "resnet18"
init = "scratch"
size = 32
epochs = 2
batch = 4
lr = 0.002
workers = 0
seed_rank = 2
checkpoint_every = 1
precision = "float32"
freeze_norm = true
[classes]
n1 = "light"
n2 = "dark"
"""
DIE_AT_STEP = """
import os, signal, sys
from napari_robust_synth.cli import main, train
from napari_robust_synth.training import outcome

def save(self, trainer, save=outcome.Outcome.checkpoint):
    if trainer.step == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    save(self, trainer)

outcome.Outcome.checkpoint = save
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for part, count in (("train", 4), ("val", 2)):
        for name, offset in (("n1", 128), ("n2", 0)):
            folder = tmp_path / "data" / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                Image.fromarray(random.integers(offset, offset + 127, (40, 40, 3), np.uint8)).save(folder / f"{i}.png")
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path / "data"


@pytest.fixture
def arguments(tmp_path: Path, data: Path) -> list[str]:
    return ["train", str(data), "--config", str(tmp_path / "config.toml"), "--device", "cpu"]


def test_trains_a_model_that_works(cli: Cli, tmp_path: Path, arguments: list[str], photo_file: Path) -> None:
    model = tmp_path / "mine"
    events = tmp_path / "events.jsonl"
    result = cli(*arguments, "-o", model, "--json", "--events", events)
    assert result.code == 0
    seen = read_events(events)
    assert (seen[-1].step, seen[-1].steps) == (4, 4) and [e.step for e in seen if e.clean is not None] == [2, 4]
    lines = result.err.splitlines()
    assert lines[0] == "8 pictures to train on: 4 light, 4 dark"
    assert lines[1] == "4 pictures to validate on: 2 light, 2 dark"
    assert len(lines) == 4 and lines[2].startswith("epoch 1/2, loss ") and "clean accuracy " in lines[3]
    assert result.json["metrics"]["validation pictures"] == 4
    assert "clean accuracy" in result.json["metrics"]
    assert cli("classify", photo_file, "--model", model).code == 0
    assert "class_names: light, dark" in cli("models", "info", model).out
    again = cli(*arguments, "-o", model)
    assert (again.code, again.err) == (2, f"error: {model} already holds a model: choose another folder\n")


def test_without_validation_pictures(cli: Cli, tmp_path: Path, data: Path, arguments: list[str]) -> None:
    arguments[1] = str(data / "train")
    (data / "train" / "n1" / "0.png").write_text("hello")
    result = cli(*arguments, "-o", tmp_path / "mine")
    assert result.code == 0
    assert result.out == f"wrote {tmp_path / 'mine'}\n"
    assert f"left out: {data / 'train' / 'n1' / '0.png'} is not a picture we can read\n" in result.err
    assert "7 pictures to train on: 3 light, 4 dark\n" in result.err


@pytest.mark.parametrize("spoil", ["class", "init", "config", "out", "resume", "resume with a config"])
def test_refuses(cli: Cli, tmp_path: Path, data: Path, arguments: list[str], spoil: str) -> None:
    out, more = tmp_path / "mine", []
    if spoil == "class":
        for path in (data / "train" / "n1").iterdir():
            path.unlink()
    elif spoil == "init":
        more = ["--init", tmp_path / "none.safetensors"]
    elif spoil == "config":
        (tmp_path / "config.toml").write_text("speed = 3")
    elif spoil == "out":
        out = tmp_path / "no" / "folder"
    else:
        more = ["--resume"]
        arguments = arguments if spoil == "resume with a config" else arguments[:2]
    result = cli(*arguments, "-o", out, *more)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("error: ")
    assert not out.exists()


@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_refuses_a_folder_that_another_training_writes(
    cli: Cli, tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    monkeypatch.setattr(lock, "LOADERS_END", 0)
    out = tmp_path / "mine"
    out.mkdir()
    checkpoint.save(out, {"config": CONFIG})
    with lock.claimed(out):
        result = cli(*(arguments[:2] if more else arguments), "-o", out, *more)
    expected = f"error: a training in {out} is under way: wait until it ends, or choose another folder\n"
    assert (result.code, result.err) == (2, expected)
    assert [path.name for path in out.iterdir()] == ["checkpoint.pt"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_killed_and_resumed_it_ends_with_the_same_weights(
    cli: Cli, tmp_path: Path, data: Path, arguments: list[str]
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "mine"
    assert cli(*arguments, "-o", whole).code == 0
    died = subprocess.run([sys.executable, "-c", DIE_AT_STEP, *arguments, "-o", str(out)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert len(checkpoint.load(out)["trainer"]["losses"]) == 2, "the third step of four, in the second epoch, is lost"
    refused = cli(*arguments, "-o", out)
    assert (refused.code, refused.err.count("\n")) == (2, 1) and "go on with --resume" in refused.err
    assert cli("train", data, "-o", out, "--resume", "--device", "cpu").code == 0
    expected, found = (load_file(folder / "model.safetensors") for folder in (whole, out))
    assert expected.keys() == found.keys()
    assert all(torch.equal(tensor, found[name]) for name, tensor in expected.items())
    assert (out / "metrics.json").read_bytes() == (whole / "metrics.json").read_bytes()
    assert not (out / "checkpoint.pt").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="torchrun needs libuv there")
def test_two_processes_have_the_loss_curve_of_one(cli: Cli, tmp_path: Path, arguments: list[str]) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert cli(*arguments, "-o", alone).code == 0
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"),
            *("-m", "napari_robust_synth", *arguments, "-o", str(together), "--json"),
        ],
        env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1 and done.stderr.count("epoch 1/2") == 1, "one process speaks"
    one, two = (json.loads((folder / "metrics.json").read_text())["steps"] for folder in (alone, together))
    assert [row["loss"] for row in two] == pytest.approx([row["loss"] for row in one], rel=1e-4)
    assert [row["robust"] for row in two] == [row["robust"] for row in one]
