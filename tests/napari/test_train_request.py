"""What is asked of a training, checked and fitted to the pictures there are."""

from dataclasses import replace
from pathlib import Path

import pytest

from napari_robust_synth._napari.layers.crops import NEEDED
from napari_robust_synth._napari.training import request as train_request
from napari_robust_synth._napari.training.process import Training
from napari_robust_synth._napari.training.request import TrainRequest, enough, new_folder, steady
from napari_robust_synth._napari.training.source import FolderSource
from napari_robust_synth._napari.training.view import CONFIGS, OWN
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.training.config import TrainingConfig, read_config


def test_few_pictures_make_small_batches_and_many_epochs() -> None:
    config = replace(read_config("quick-cpu"), hold_out=0.1)
    few = steady(config, {"a": 20, "b": 20})
    assert (few.batch, few.epochs) == (9, 25), "36 pictures, four batches an epoch, a hundred steps"
    many = steady(config, {"a": 5000, "b": 5000})
    assert (many.batch, many.epochs) == (config.batch, config.epochs)
    assert steady(config, {"a": 3, "b": 2}).batch == 5


def test_enough() -> None:
    assert enough({"1": 6, "2": 5, "3": 12}, {"1": "cell", "2": "cell", "3": "dust"}) == {"cell": 11, "dust": 12}
    for numbers, names, message in (
        ({}, {}, "nothing is marked"),
        ({"1": 20, "2": 20}, {"1": "cell"}, "there is one class, 'cell', but a classifier needs two"),
        ({"1": 20, "2": 20}, {"1": "cell", "2": "cell"}, "there is one class"),
        ({"1": 20, "2": NEEDED - 1}, {"1": "cell", "2": "dust"}, f"class 'dust' has {NEEDED - 1} crops, but {NEEDED}"),
    ):
        with pytest.raises(ValueError, match=message):
            enough(numbers, names)


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "a\\b", "..", "x\n"])
def test_names_that_no_folder_can_have(home: Path, name: str) -> None:
    with pytest.raises(ValueError, match="expected letters"):
        new_folder(name)


def test_names_that_are_free_or_taken(home: Path) -> None:
    assert new_folder("Zellen 2 (groß)") == models_folder() / "Zellen 2 (groß)"
    (models_folder() / "mine").mkdir(parents=True)
    with pytest.raises(ValueError, match="there is a model 'mine' already"):
        new_folder("mine")


def test_a_folder_without_a_name_and_one_that_is_none(home: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for i in range(NEEDED):
            (tmp_path / "data" / name / f"{i}.png").touch()
    request = TrainRequest("mine", FolderSource(tmp_path / "data"), {"a": " "}, "quick-cpu", 0.1)
    with pytest.raises(ValueError, match="the class of folder 'a' has no name"):
        request.start(lambda: None)
    with pytest.raises(ValueError, match="is not a folder"):
        replace(request, source=FolderSource(tmp_path / "nothing")).start(lambda: None)
    assert not models_folder().exists()


def test_nothing_is_kept_of_what_could_not_start(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for i in range(NEEDED):
            (tmp_path / "data" / name / f"{i}.png").touch()
    started: list[tuple[Path, TrainingConfig]] = []

    def start(training: Training, data: Path) -> None:
        started.append((data, read_config(str(training.folder / train_request.CONFIG))))
        raise OSError("no more processes")

    monkeypatch.setattr(Training, "start", start)
    with pytest.raises(OSError, match="no more processes"):
        TrainRequest("mine", FolderSource(tmp_path / "data"), {"a": "cat"}, "default", 0.2).start(lambda: None)
    [(data, config)] = started
    assert data == tmp_path / "data" and config.classes == {"a": "cat", "b": "b"} and config.hold_out == 0.2
    assert "ImageNet" not in config.data + config.limits, "what it says is of these pictures"
    assert list(models_folder().iterdir()) == []


def test_names_of_the_config_are_those_of_a_folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("n1", "n2", "n3"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for i in range(NEEDED):
            (tmp_path / "data" / name / f"{i}.png").touch()
    (tmp_path / "own.toml").write_text('[classes]\nn1 = "cat"\nn2 = "dog"\n')
    monkeypatch.setattr(Training, "start", lambda training, data: training)
    request = TrainRequest("mine", FolderSource(tmp_path / "data"), {"n2": "hound"}, str(tmp_path / "own.toml"), 0.1)
    training = request.start(lambda: None)
    config = read_config(str(training.folder / train_request.CONFIG))
    assert config.classes == {"n1": "cat", "n2": "hound", "n3": "n3"}
    grouped = TrainingConfig(classes={"n1": "cat"}, superclasses={"n1": ("n1", "n2")})
    assert request.source.default_name("n1", grouped) == "n1", "where there are superclasses, these are the keys"


def test_the_configs_offered_are_there() -> None:
    for _, name in CONFIGS:
        assert name == OWN or read_config(name)
