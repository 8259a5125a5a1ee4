"""Pictures on the workers of a scheduler: the model they find there, and what is told when they die."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from distributed import CancelledError, KilledWorker
from PIL import Image

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier, models_here
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.pictures import spreading
from napari_robust_synth.pictures.folders import Done
from napari_robust_synth.tasks.recipes import Recipes


@pytest.fixture
def recipes(tiny: Classifier, photo: np.ndarray) -> Recipes:
    job = tasks.Job(tasks.Translate(steps=1), tiny, image=photo, label="church")
    return Recipes(((0, tasks.record(job, 1, {"path": "a.png", "sha256": "0", "of": "file"})),))


def test_a_worker_finds_the_model_by_its_hash(tiny: Classifier, tiny_model_folder: Path) -> None:
    with pytest.raises(ValueError, match="no model '/home/her/tiny'"):
        spreading._model_here("/home/her/tiny", tiny.sha256)
    shutil.copytree(tiny_model_folder, models_folder() / "mine")
    assert "mine" in models_here()
    assert spreading._model_here("/home/her/tiny", tiny.sha256) == "mine"
    assert spreading._model_here(str(tiny_model_folder), tiny.sha256) == str(tiny_model_folder)
    spreading._model_here.cache_clear()


def test_a_classifier_is_loaded_once(
    tmp_path: Path, recipes: Recipes, tiny: Classifier, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(
        "napari_robust_synth.models.load_classifier", lambda name, *_, **__: loaded.append(name) or tiny
    )
    monkeypatch.setattr(spreading, "_model_here", lambda name, sha256: name)
    spreading._loader.cache_clear()
    for name in ("a.png", "b.png"):
        Image.fromarray(photo).save(tmp_path / name)
        (done,) = spreading._replay([str(tmp_path / name)], recipes.to_bytes(), str(tmp_path / "out"))
        assert done.result == tmp_path / "out" / name
    spreading._loader.cache_clear()
    assert loaded == [recipes.first.model]


class Workers:
    """What says how many there are."""

    def __init__(self, count: int) -> None:
        self.count = count

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(map(str, range(self.count)), 1)


def test_a_picture_that_workers_die_of_takes_no_other_along(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[list[int]]] = []

    def spread(*parts: object) -> Iterator[tuple[Sequence[int], list[Done] | None]]:
        _, _, pictures, groups, *_ = parts
        assert isinstance(groups, Sequence) and isinstance(pictures, Sequence)
        asked.append([list(places) for places in groups])
        for places in groups:
            died = 2 in places or (1 in places and len(groups) > 1)
            yield places, None if died else [Done(pictures[place], Path("out")) for place in places]

    monkeypatch.setattr(spreading, "_spread", spread)
    pictures = [Path(str(number)) for number in range(8)]
    found = dict(spreading.replay_on(Workers(1), None, pictures, Path("out")))
    assert asked == [[[0, 1], [2, 3], [4, 5], [6, 7]], [[0]], [[1]], [[2]], [[3]]]
    assert [place for place in range(8) if found[place].result is None] == [2]
    assert "workers died" in found[2].reason


@pytest.mark.parametrize(("pictures", "workers", "size"), [(3, 2, 1), (20, 2, 2), (1000, 2, 8), (5, 0, 1)])
def test_how_many_pictures_a_worker_gets_at_once(
    pictures: int, workers: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spread(*parts: object) -> Iterator[tuple[Sequence[int], list[Done]]]:
        _, _, paths, groups, *_ = parts
        assert len(groups[0]) == size
        yield from ((places, [Done(paths[place], Path("out")) for place in places]) for places in groups)

    monkeypatch.setattr(spreading, "_spread", spread)
    paths = [Path(str(number)) for number in range(pictures)]
    found = list(spreading.replay_on(Workers(workers), None, paths, Path("out")))
    assert [place for place, _ in found] == list(range(pictures))


class Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def result(self) -> Done:
        raise self.error


def test_what_came_of_a_picture() -> None:
    paths = [Path("a.png"), Path("b.png")]
    assert spreading._outcome(Failed(KilledWorker("task", None, 3)), paths) is None
    missing = Failed(ModuleNotFoundError("No module\nnamed x"))
    assert spreading._outcome(missing, paths) is None, "each is tried alone then"
    (found,) = spreading._outcome(missing, paths[:1])
    assert (found.path, found.reason) == (paths[0], "No module named x")
    for lost in (CancelledError("lost"), OSError("timed out")):
        with pytest.raises(ConnectionError, match="the scheduler went away"):
            spreading._outcome(Failed(lost), paths)
