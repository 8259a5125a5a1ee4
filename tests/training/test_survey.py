"""Before the first step: what cannot be read is reported and left out, and classes are counted."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.data import Centred
from napari_robust_synth.training.layout import find
from napari_robust_synth.training.survey import balance, look_through


def refuse(line: str) -> None:
    raise AssertionError(line)


@pytest.fixture
def spoilt(toy: Path, tmp_path: Path) -> Path:
    data = Path(shutil.copytree(toy, tmp_path / "data"))
    (data / "train" / "n01" / "3.png").write_text("hello")
    (data / "train" / "n02" / "notes.txt").write_text("hello")
    return data


@pytest.mark.parametrize("workers", [0, 2])
def test_unreadable_files_are_named_and_left_out(spoilt: Path, config: TrainingConfig, workers: int) -> None:
    pictures, lines = find(spoilt, config)[0], []
    survey = look_through(pictures, replace(config, workers=workers), "train", lines.append)
    bad = [spoilt / "train" / "n01" / "3.png", spoilt / "train" / "n02" / "notes.txt"]
    assert lines == [
        *(f"left out: {path} is not a picture we can read" for path in bad),
        "23 pictures to train on: 11 red thing, 12 n02",
    ]
    assert set(pictures.files) - set(pictures.chosen(survey.readable).files) == set(bad)
    assert survey.small.shape == (23, 3, 8, 8)
    first = Centred(pictures, 32)[0][0]
    torch.testing.assert_close(survey.small[0], first.reshape(3, 8, 4, 8, 4).mean((2, 4)))


def test_seed_statistics_take_some_of_each_class(spoilt: Path, config: TrainingConfig) -> None:
    survey = look_through(find(spoilt, config)[0], replace(config, seed_pictures=5), "train", print)
    assert len(survey.readable) == 23 and survey.labels.tolist() == [0] * 5 + [1] * 5
    assert survey.seeds("ab", config, refuse).factor.shape == (2, 192, 2)
    assert survey.seeds("ab", replace(config, seed_components=2), refuse).factor.shape == (2, 2, 192, 2)


def test_few_pictures_get_fewer_directions(spoilt: Path, config: TrainingConfig) -> None:
    survey, lines = look_through(find(spoilt, config)[0], config, "train", print), []
    few, many = (replace(config, seed_rank=rank) for rank in (10, 11))
    assert survey.seeds("ab", few, lines.append).factor.shape[-1] == 10 and lines == []
    assert survey.seeds("ab", many, lines.append).factor.shape[-1] == 10
    assert lines == ["a class has 11 pictures: seed statistics of rank 10, not 11"]
    one = replace(survey, small=survey.small[10:], labels=survey.labels[10:])
    with pytest.raises(ValueError, match=r"class 'red thing' has 1 picture, but its seed statistics need 2: add"):
        one.seeds(["red thing", "n02"], config, lines.append)


def test_a_class_without_a_readable_picture(spoilt: Path, config: TrainingConfig) -> None:
    for path in (spoilt / "train" / "n02").glob("*.png"):
        path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"class 'n02' has no picture that can be read in .*train"):
        look_through(find(spoilt, config)[0], config, "train", print)


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({"cat": 3, "dog": 1}, "3 cat, 1 dog"),
        ({f"c{i}": 20 + i for i in range(13)}, "13 classes of 20 (c0) to 32 (c12)"),
    ],
)
def test_balance(counts: dict[str, int], line: str) -> None:
    assert balance(counts) == line
