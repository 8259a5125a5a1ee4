"""Judges: what they see, and which are none."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from napari_robust_synth.evaluation import judges
from napari_robust_synth.evaluation.judges import Judge, Seen, check_independent, open_judge
from napari_robust_synth.models.zoo import ZooEntry, find_model
from tests.conftest import NAMES

CPU = torch.device("cpu")


def test_a_model_as_judge_sees_what_it_sees(judge: Judge, judge_folder: Path) -> None:
    pictures = [np.full((64, 64, 3), v, np.uint8) for v in (0, 255)]
    seen = judge.see(pictures)
    assert seen.features.shape == (2, 512) and seen.probabilities.shape == (2, 3)
    assert np.allclose(seen.probabilities.sum(1), 1)
    assert [judge.names(seen, [name])[0] for name in NAMES] == list(NAMES), "asked among one it has no choice"
    best = [NAMES[i] for i in seen.probabilities.argmax(1)]
    assert judge.names(seen, NAMES) == best


def test_the_case_of_names_does_not_matter(judge: Judge) -> None:
    assert judge.knows(["TENCH", "bicycle", "church"]) == ["TENCH", "church"]


def test_names_that_differ_in_case_alone_are_two_classes(judge: Judge) -> None:
    imagenet = replace(judge, class_names=("Cardigan", "tench", "cardigan"))
    seen = Seen(np.zeros((2, 1)), np.array([[0.1, 0.2, 0.7], [0.7, 0.2, 0.1]]))
    assert imagenet.names(seen, ["cardigan", "tench"]) == ["cardigan", "tench"]
    assert imagenet.names(seen, ["Cardigan", "Cardigan", "cardigan"]) == ["cardigan", "Cardigan"]
    assert imagenet.knows(["cardigan", "Cardigan", "Tench"]) == ["cardigan", "Cardigan", "Tench"]
    assert imagenet.knows(["CARDIGAN", "tench"]) == ["tench"], "either may be meant"
    assert replace(judge, class_names=("cardigan",)).knows(["Cardigan", "cardigan"]) == ["cardigan"]


BEGUN = [{"config": {"init": "/models/Stranger"}}, {"origin": "`train DATA --init stranger.safetensors`"}]


@pytest.fixture
def copied(tiny_model_folder: Path, tmp_path: Path) -> ZooEntry:
    """A model whose card can be changed."""
    shutil.copytree(tiny_model_folder, tmp_path / "tiny")
    return find_model(str(tmp_path / "tiny"))


@pytest.mark.parametrize("said", BEGUN)
def test_what_a_model_began_as_is_no_judge(judge: Judge, copied: ZooEntry, said: dict[str, Any]) -> None:
    check_independent(judge, copied)
    card = copied.folder / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), **said}))
    with pytest.raises(ValueError, match=r"^stranger can't judge tiny, which"):
        check_independent(judge, copied)
    check_independent(replace(judge, name="train"), copied)


def test_a_model_is_no_judge_of_itself_without_its_seeds_either(copied: ZooEntry, tmp_path: Path) -> None:
    shutil.copytree(copied.folder, tmp_path / "bare")
    (tmp_path / "bare" / "seeds.safetensors").unlink()
    with pytest.raises(ValueError, match=r"^bare can't judge tiny, which is the same"):
        check_independent(open_judge(str(tmp_path / "bare"), CPU), copied)


def test_a_judge_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:

    def missing(name: str) -> None:
        raise judges.PackageNotFoundError(name)

    monkeypatch.setattr(judges, "distribution", missing)
    with pytest.raises(ValueError, match="is not installed: pip install"):
        open_judge("mobilenet-v2", CPU)
    assert judges.find_judge(CPU) is None


def test_a_network_from_a_file_gives_logits_and_what_they_are_made_of(tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 1000))
    torch.save(module.state_dict(), tmp_path / "weights.pth")
    other = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 1000))
    judge = judges._imagenet("small", other, tmp_path / "weights.pth", ((0.5,) * 3, (0.25,) * 3), CPU)
    x = torch.rand((2, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    features, logits = judge.look(x)
    assert torch.allclose(features, (x.mean((2, 3)) - 0.5) / 0.25, atol=1e-6)
    assert torch.allclose(logits, module[2](features), atol=1e-6)
    assert judge.class_names[0] == "tench"
