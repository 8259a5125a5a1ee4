"""Memory that runs out during a command: it goes on in smaller batches, and says what came of those."""

import json
from pathlib import Path

import pytest
import torch

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import job
from tests.cli.conftest import Cli


def test_generate_goes_on_in_smaller_batches(
    cli: Cli, here: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = ["--label", "church", "-n", 6, "--steps", 2, "--model", tiny_model_folder, "--size", 32, "--json"]
    monkeypatch.setattr(job, "best_batch", lambda classifier, shape, n: 3)
    expected = cli("generate", *common, "-o", "expected").json
    real, calls = Classifier.logits, []

    def logits(self: Classifier, x: torch.Tensor) -> torch.Tensor:
        calls.append(len(x))
        if len(x) == 6 and calls.count(6) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return real(self, x)

    monkeypatch.setattr(Classifier, "logits", logits)
    monkeypatch.setattr(job, "best_batch", lambda classifier, shape, n: 6)
    result = cli("generate", *common, "-o", "smaller")
    assert (result.code, result.err) == (0, "") and calls[:3] == [6, 6, 6]
    assert json.loads(Path("smaller/church-000.png.recipe.json").read_text())["batch"] == 3
    for same in ("steps", "loss", "l2", "probability"):
        assert result.json[same] == expected[same]
    for path in Path("expected").iterdir():
        assert path.read_bytes() == Path("smaller", path.name).read_bytes()
