"""Memory that runs out while several pictures run: smaller batches, the same pixels, one recipe."""

import json
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch

from napari_robust_synth.core import last
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Generate, Job, Recipe, Translate, batches, record, restore

Narrow = Callable[..., None]
N, STEPS = 6, 3


@pytest.fixture
def narrow(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> Narrow:
    """Let memory run out in steps of more than ``most`` pictures, from the ``after``-th call on."""
    real, calls = tiny.logits, []

    def logits(x: torch.Tensor, most: int, after: int, error: Exception) -> torch.Tensor:
        calls.append(len(x))
        if len(x) > most and len(calls) > after:
            raise error
        return real(x)

    def set_to(most: int, after: int = 0, error: Exception | None = None) -> None:
        calls.clear()
        error = error or torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")
        monkeypatch.setattr(tiny, "logits", partial(logits, most=most, after=after, error=error))

    return set_to


def job(classifier: Classifier, batch: int | None) -> Job:
    return Job(Generate(steps=STEPS, n=N), classifier, label="church", seed=3, size=32, batch=batch)


def through_json(run: Job, steps: int) -> Recipe:
    return Recipe.from_dict(json.loads(json.dumps(record(run, steps, None).to_dict())))


def replayed(recipe: Recipe, classifier: Classifier) -> np.ndarray:
    again = restore(recipe, classifier, None)
    return again.result(last(again.replay(recipe.changes, recipe.last_step)).x)


@pytest.mark.parametrize(
    ("after", "batch", "most", "ends"),
    [(0, 6, 5, 3), (1, 6, 2, 1), (3, 6, 5, 3), (0, 4, 3, 2), (2, 5, 1, 1), (STEPS + 3, 2, 1, 1), (STEPS + 2, 4, 1, 1)],
)
def test_it_is_as_if_it_had_begun_smaller(
    after: int, batch: int, most: int, ends: int, tiny: Classifier, narrow: Narrow
) -> None:
    expected = [state.x for state in job(tiny, ends).states()]
    run = job(tiny, batch)
    narrow(most, after)
    states = list(run.states())
    began = max(i for i, state in enumerate(states) if state.step == 0)
    assert run.batch == ends and run.steps == states[-1].step == STEPS * -(-N // ends)
    assert len(states) - began == len(expected)
    assert all(torch.equal(a.x, b) for a, b in zip(states[began:], expected, strict=True))
    assert through_json(run, run.steps).batch == ends
    assert np.array_equal(replayed(through_json(run, run.steps), tiny), run.result(states[-1].x))


def test_the_found_batch_is_recorded_and_replayed(
    tiny: Classifier, narrow: Narrow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "GAIN", 0.0)  # whatever this machine takes
    monkeypatch.setattr(batches, "LONG", 10.0)
    run = job(tiny, None)
    assert run.batch == N, "no more than there are"
    narrow(4)
    result = run.run()
    recipe = through_json(run, run.steps)
    assert recipe.batch == 3
    narrow(N)
    assert restore(recipe, tiny, None).batch == 3 and np.array_equal(replayed(recipe, tiny), result)


def test_the_split_changes_no_more_than_rounding(tiny: Classifier) -> None:
    whole, single = (job(tiny, batch).run().astype(int) for batch in (N, 1))
    assert np.abs(whole - single).max() <= 1


def test_what_was_changed_before_holds_from_its_beginning(tiny: Classifier, narrow: Narrow) -> None:
    run = job(tiny, 6)
    narrow(3, after=3)
    states = run.states()
    next(states)
    states.send({"eps": 9.0, "step_size": 0.5})
    state = states.send({"eps": 0.7})
    assert state.step == 0 and torch.equal(state.x, run.start)
    states.send({"label": "tench"})
    final = last(states)
    assert run.changes == [(0, {"eps": 0.7, "step_size": 0.5, "label": "tench"})] and run.batch == 3
    assert (final.x - run.start).flatten(1).norm(dim=1).max() <= 0.7 * 32 / 224 * (1 + 1e-4)
    assert np.array_equal(replayed(through_json(run, run.steps), tiny), run.result(final.x))


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_one_picture_is_the_plain_error(error: Exception, tiny: Classifier, photo: np.ndarray, narrow: Narrow) -> None:
    narrow(0, after=1, error=error)
    run = Job(Translate(steps=2), tiny, image=photo, label="church")
    assert run.batch == 1
    with pytest.raises(type(error)):
        run.run()
    with pytest.raises(type(error)):
        job(tiny, 6).run()


def test_another_error_is_not_tried_again(tiny: Classifier, narrow: Narrow) -> None:
    narrow(1, error=RuntimeError("odd"))
    with pytest.raises(RuntimeError, match="odd"):
        job(tiny, 6).run()


def test_a_replay_on_a_smaller_machine(tiny: Classifier, narrow: Narrow) -> None:
    run = job(tiny, 6)
    whole, part = run.run(), 2
    recipe = through_json(run, run.steps)
    narrow(4)
    assert np.abs(replayed(recipe, tiny).astype(int) - whole).max() <= 1, "in smaller batches"
    for other in (record(run, part, None), through_json(run, run.steps)):
        other.changes.extend([] if other.last_step == part else [(1, {"eps": 1.0})])
        with pytest.raises(torch.OutOfMemoryError):  # the steps that the recipe names are those of larger ones
            replayed(other, tiny)
