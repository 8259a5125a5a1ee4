"""A model folder is filled by one training at a time."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from napari_robust_synth.training import lock
from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.lock import claimed
from napari_robust_synth.training.run import run

HOLD = """
import sys, time
from pathlib import Path
from napari_robust_synth.training.lock import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LOADERS_END", 0)


def test_another_process_is_refused_until_the_first_ends_however_it_does(tmp_path: Path) -> None:
    out = tmp_path / "model"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(out)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(ValueError, match=r"a training in .*model is under way: wait"), claimed(out):
            pass
        with claimed(tmp_path / "other"):
            pass
        holder.kill()
    with claimed(out):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_training_claims_its_folder(toy: Path, config: TrainingConfig, tmp_path: Path) -> None:
    out = tmp_path / "model"

    def look(_: object) -> None:
        with pytest.raises(ValueError, match="under way"), claimed(out):
            pass
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run(toy, out, config, device=torch.device("cpu"), report=look, note=lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert [path.name for path in out.iterdir()] == ["checkpoint.pt"]
