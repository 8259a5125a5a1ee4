"""Checkpoints: whole or not at all, and never run."""

import pickle
from pathlib import Path

import pytest
import torch

from napari_robust_synth.training import checkpoint

STATE = {"x": torch.arange(3.0), "steps": [1, 2], "config": "eps = 3"}


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, {"x": torch.zeros(1)})
    (tmp_path / ".checkpoint.pt.part").write_text("what a killed process left")
    checkpoint.save(tmp_path, STATE)
    loaded = checkpoint.load(tmp_path)
    assert torch.equal(loaded.pop("x"), STATE["x"]) and loaded == {"steps": [1, 2], "config": "eps = 3"}
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.pt"]
    checkpoint.remove(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.save(tmp_path, STATE)
    before = (tmp_path / "checkpoint.pt").read_bytes()

    def full(state: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError("PytorchStreamWriter failed writing file\nmore")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(ValueError, match=r"checkpoint.pt can't be written \(.*failed writing file\): is the disk full"):
        checkpoint.save(tmp_path, STATE)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"checkpoint.pt": before}


class Hostile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("kind", ["torch", "pickle", "half", "empty"])
def test_damaged_or_hostile(tmp_path: Path, kind: str) -> None:
    path, trap = tmp_path / "checkpoint.pt", tmp_path / "trap"
    if kind == "torch":
        torch.save({"x": Hostile(trap)}, path)
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(Hostile(trap)))
    else:
        checkpoint.save(tmp_path, STATE)
        path.write_bytes(path.read_bytes()[: 500 if kind == "half" else 0])
    with pytest.raises(ValueError, match=r"checkpoint.pt is damaged \(.*\): train again in another folder") as caught:
        checkpoint.load(tmp_path)
    assert "\n" not in str(caught.value) and not trap.exists()
