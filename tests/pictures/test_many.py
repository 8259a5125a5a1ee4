"""Pictures of a folder that run together: each becomes what it would alone, and fails alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from napari_robust_synth import tasks
from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode
from napari_robust_synth.pictures.folders import Done, pictures_in
from napari_robust_synth.pictures.repeating import replay_each
from napari_robust_synth.tasks import batches as batches_module
from napari_robust_synth.tasks import many as many_module
from napari_robust_synth.tasks import together as together_module
from napari_robust_synth.tasks.recipes import Recipes

NAMES = ("a.png", "b.png", "c.png", "d.png")
STEPS = 3


@pytest.fixture
def recipes(tiny: Classifier, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Recipes:
    """A translation; as many as there are run together."""
    monkeypatch.setattr(together_module, "best_together", lambda classifier, shape, pictures: pictures)
    job = tasks.Job(tasks.Translate(steps=STEPS), tiny, image=photo, label="church")
    return Recipes(((0, tasks.record(job, STEPS, {"path": None, "sha256": "0", "of": "pixels"})),))


@pytest.fixture
def folder(tmp_path: Path, photo: np.ndarray) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for i, name in enumerate(NAMES):
        Image.fromarray(np.roll(photo, 20 * i, 1)).save(folder / name)
    return folder


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures each run was of."""
    found, states = [], together_module.Together.states

    def noted(self: together_module.Together, **how: bool) -> object:
        found.append(len(self.jobs))
        return states(self, **how)

    monkeypatch.setattr(together_module.Together, "states", noted)
    return found


def again(recipes: Recipes, tiny: Classifier, folder: Path, name: str = "out", **how: object) -> list[Done]:
    out = folder.parent / name
    out.mkdir(exist_ok=True)
    return list(replay_each(recipes, tiny, pictures_in(folder), out, **how))


def pixels(done: list[Done]) -> np.ndarray:
    return np.stack([decode.read(one.result).pixels for one in done])


def test_they_run_together_and_are_what_they_are_alone(
    recipes: Recipes, tiny: Classifier, folder: Path, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[tuple[int, int]] = []
    together = again(recipes, tiny, folder, tick=lambda step, steps: ticks.append((step, steps)))
    assert sizes == [4] and [one.path.name for one in together] == list(NAMES)
    assert [tick for tick in ticks if tick[1] == STEPS] == [(4 * step, STEPS) for step in range(STEPS + 1)]
    assert ticks[-4:] == [(4, 1), (3, 1), (2, 1), (1, 1)], "with those that are told it never goes back"
    monkeypatch.setattr(together_module, "best_together", lambda *_: 1)
    alone = again(recipes, tiny, folder, "alone")
    np.testing.assert_allclose(pixels(together).astype(int), pixels(alone), atol=2)
    if batches_module._exact(tiny, (3, tiny.size, tiny.size), 4):
        assert np.array_equal(pixels(together), pixels(alone))
    of = [(tmp, (tmp / "c.png.recipe.json").read_text()) for tmp in (folder.parent / "out", folder.parent / "alone")]
    assert of[0][1] == of[1][1], "a recipe does not tell what ran beside it"


def test_a_run_that_was_stopped_is_stopped_there(
    recipes: Recipes, tiny: Classifier, folder: Path, sizes: list[int]
) -> None:
    short = recipes.each(lambda recipe: replace(recipe, last_step=1))
    whole, stopped = again(recipes, tiny, folder), again(short, tiny, folder, "short")
    assert sizes == [4, 4] and (pixels(whole) != pixels(stopped)).any()


def test_a_bad_one_among_them_fails_alone(recipes: Recipes, tiny: Classifier, folder: Path, sizes: list[int]) -> None:
    (folder / "b.png").write_bytes(b"no picture")
    done = again(recipes, tiny, folder)
    assert sizes == [3] and {one.path.name: bool(one.result) for one in done} == {n: n != "b.png" for n in NAMES}


def test_what_fails_is_told_before_others_are_read(recipes: Recipes, tiny: Classifier, folder: Path) -> None:
    others = recipes.each(lambda recipe: replace(recipe, model_sha256="0" * 64))
    (folder.parent / "out").mkdir()
    read: list[tuple[int, int]] = []
    found = replay_each(others, tiny, pictures_in(folder), folder.parent / "out", lambda *how: read.append(how))
    assert "weights of model" in next(found).reason and len(read) == 1
    assert len(list(found)) == 3


def test_no_two_become_one(recipes: Recipes, tiny: Classifier, folder: Path) -> None:
    Image.fromarray(decode.read(folder / "b.png").pixels).save(folder / "a.jpg")
    done = again(recipes, tiny, folder)
    (clashing,) = [one for one in done if not one.result]
    assert len(done) == 5 and "would both become" in clashing.reason


def test_where_memory_runs_out_there_are_fewer(
    recipes: Recipes, tiny: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, run = [], many_module._descended

    def small(cases: list[object], tick: object) -> object:
        sizes.append(len(cases))
        if len(cases) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return run(cases, tick)

    monkeypatch.setattr(many_module, "_descended", small)
    assert all(one.result for one in again(recipes, tiny, folder)) and sizes == [4, 2, 1, 1, 1, 1]


@pytest.mark.parametrize("where", ["run", "result"])
def test_what_goes_wrong_in_one_is_told_of_that_alone(
    where: str, recipes: Recipes, tiny: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = decode.read(folder / "c.png").pixels
    run, result = many_module._descended, tasks.Job.result

    def run_fails(group: list[tuple[object, tasks.Job]], tick: object) -> object:
        if any(np.array_equal(job.picture.source, bad) for _, job in group):
            raise RuntimeError("odd")
        return run(group, tick)

    def result_fails(job: tasks.Job, x: torch.Tensor) -> np.ndarray:
        if np.array_equal(job.picture.source, bad):
            raise RuntimeError("odd")
        return result(job, x)

    if where == "run":
        monkeypatch.setattr(many_module, "_descended", run_fails)
    else:
        monkeypatch.setattr(tasks.Job, "result", result_fails)
    found = {one.path.name: one.reason for one in again(recipes, tiny, folder)}
    assert found == {"a.png": "", "b.png": "", "c.png": "odd", "d.png": ""}


def test_pictures_of_many_shapes_are_not_tried_out(
    recipes: Recipes, tiny: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i, path in enumerate(sorted(folder.iterdir())):
        Image.fromarray(decode.read(path).pixels[:, : 90 - 20 * i]).save(path)

    def none(*_: object) -> int:
        raise AssertionError("tried out for one picture")

    monkeypatch.setattr(together_module, "best_together", none)
    assert all(one.result for one in again(recipes, tiny, folder))


def test_several_pictures_of_each(tiny: Classifier, folder: Path, photo: np.ndarray) -> None:
    for n in (1, 2):
        job = tasks.Job(tasks.Generate(steps=2, n=n, seeds="image"), tiny, image=photo, label="church")
        many = Recipes(((0, tasks.record(job, job.steps, {"path": None, "sha256": "0", "of": "pixels"})),))
        done = again(many, tiny, folder, f"of {n}")
        assert [bool(one.result) for one in done] == [n == 1] * 4
        assert n == 1 or "makes 2 pictures of each" in done[0].reason


def test_large_pictures_do_not_wait_for_many_others(
    recipes: Recipes,
    tiny: Classifier,
    folder: Path,
    sizes: list[int],
    monkeypatch: pytest.MonkeyPatch,
    photo: np.ndarray,
) -> None:
    monkeypatch.setattr(together_module, "HELD", 4 * photo.nbytes)
    assert all(one.result for one in again(recipes, tiny, folder)) and sizes == [2, 2]


def test_the_number_of_threads_is_given_back(recipes: Recipes, tiny: Classifier, folder: Path) -> None:
    threads = torch.get_num_threads()
    again(recipes.each(lambda recipe: replace(recipe, threads=threads + 1)), tiny, folder)
    assert torch.get_num_threads() == threads
