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
from napari_robust_synth.pictures.folders import Done, pictures_in, replay_each
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
    assert ticks == [(4 * step, STEPS) for step in range(STEPS + 1)]
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


def test_where_memory_runs_out_there_are_fewer(
    recipes: Recipes, tiny: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, run = [], many_module._run

    def small(cases: list[object], tick: object) -> object:
        sizes.append(len(cases))
        if len(cases) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        return run(cases, tick)

    monkeypatch.setattr(many_module, "_run", small)
    assert all(one.result for one in again(recipes, tiny, folder)) and sizes == [4, 2, 1, 1, 1, 1]


def test_what_goes_wrong_in_a_run_is_told_of_each(
    recipes: Recipes, tiny: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr(many_module, "_run", fails)
    assert [(one.result, one.reason) for one in again(recipes, tiny, folder)] == [(None, "odd")] * 4


def test_large_pictures_do_not_wait_for_many_others(
    recipes: Recipes,
    tiny: Classifier,
    folder: Path,
    sizes: list[int],
    monkeypatch: pytest.MonkeyPatch,
    photo: np.ndarray,
) -> None:
    monkeypatch.setattr(together_module, "HELD", 1.5 * photo.nbytes)
    assert all(one.result for one in again(recipes, tiny, folder)) and sizes == [2, 2]


def test_the_number_of_threads_is_given_back(recipes: Recipes, tiny: Classifier, folder: Path) -> None:
    threads = torch.get_num_threads()
    again(recipes.each(lambda recipe: replace(recipe, threads=threads + 1)), tiny, folder)
    assert torch.get_num_threads() == threads
