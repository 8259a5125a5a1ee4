"""Jobs that run together give what each gives alone; those that can't run alone."""

import numpy as np
import pytest
import torch

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import TASKS, Counterfactual, Job, Palette
from napari_robust_synth.tasks import batches as batches_module
from napari_robust_synth.tasks import together as together_module
from napari_robust_synth.tasks.batches import best_together
from napari_robust_synth.tasks.targets import Target
from napari_robust_synth.tasks.together import Together, grouped, kind

LABELS = ("church", "tench", "golden retriever")
NAMES = ("paint", "inpaint", "translate", "sketch", "super-resolve", "generate")


def jobs(name: str, tiny: Classifier, **parameters: float) -> list[Job]:
    """Three that differ in picture, mask, class and seed."""
    random, made = np.random.default_rng(0), []
    for i, label in enumerate(LABELS):
        given = {"image": random.integers(0, 255, (48, 48, 3), np.uint8)} if name != "generate" else {}
        if name in ("paint", "inpaint"):
            given["mask"] = np.zeros((48, 48), bool)
            given["mask"][4 : 20 + 6 * i, 8 : 30 + 2 * i] = True
        extra = {"n": 1} if name == "generate" else {"factor": 2} if name == "super-resolve" else {}
        task = TASKS[name](steps=3, **extra, **parameters)
        made.append(Job(task, tiny, label=label, seed=i, size=64, **given))
    return made


def exact(tiny: Classifier, size: int = 64) -> bool:
    return batches_module._exact(tiny, (3, size, size), 3)


@pytest.mark.parametrize("name", NAMES)
def test_each_gives_what_it_gives_alone(name: str, tiny: Classifier) -> None:
    apart = [core.last(job.states()).x for job in jobs(name, tiny)]
    run = Together(jobs(name, tiny))
    state = core.last(run.states())
    assert run.steps == state.step == 3 and run.batch == 3
    torch.testing.assert_close(state.x, torch.cat(apart), atol=0.02, rtol=0)
    if exact(tiny):
        assert torch.equal(state.x, torch.cat(apart))
        for job, result, x in zip(jobs(name, tiny), run.results(state.x), apart, strict=True):
            assert np.array_equal(result, job.result(x))


def test_starts_that_vary_are_those_of_each_seed(tiny: Classifier) -> None:
    apart = torch.cat([next(job.states()).x for job in jobs("translate", tiny, variation=0.5)])
    assert torch.equal(next(Together(jobs("translate", tiny, variation=0.5)).states()).x, apart)
    assert not torch.equal(apart, torch.cat([job.start for job in jobs("translate", tiny)]))


def test_a_change_turns_all_and_is_written_down(tiny: Classifier) -> None:
    change = {"eps": 1.0, "label": "tench"}
    apart = []
    for job in jobs("translate", tiny):
        states = job.states()
        next(states)
        states.send(change)
        apart.append((core.last(states).x, job.changes))
    run = Together(jobs("translate", tiny))
    states = run.states()
    next(states)
    states.send(change)
    x = core.last(states).x
    assert run.label == "tench" and all(job.label == "tench" for job in run.jobs)
    assert [job.changes for job in run.jobs] == [changes for _, changes in apart] != [[]] * 3
    torch.testing.assert_close(x, torch.cat([one for one, _ in apart]), atol=0.02, rtol=0)


def test_neighbours_of_a_kind_are_grouped(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together_module, "best_together", lambda *_: 2)
    line = [*jobs("translate", tiny), *jobs("translate", tiny, eps=3.0)[:1], *jobs("sketch", tiny)]
    groups = list(grouped(enumerate(line), len(line)))
    assert [[number for number, _ in group] for group in groups] == [[0, 1], [2], [3], [4, 5], [6]]
    assert [job for group in groups for _, job in group] == line


def test_jobs_are_made_when_their_turn_comes(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together_module, "best_together", lambda *_: 1)
    made = []

    def line() -> object:
        for job in jobs("translate", tiny):
            made.append(job)
            yield "", job

    groups = grouped(line(), 3)
    for count in (2, 2, 3):  # the second says whether the first runs alone
        next(groups)
        assert len(made) == count


def test_what_can_only_run_alone(tiny: Classifier, photo: np.ndarray) -> None:
    labels = (photo[..., 0] > 128).astype(np.uint8)
    palette = {1: Target(label="church")}
    for one, other in (
        [Job(Palette(steps=1), tiny, image=photo, mask=labels, palette=palette) for _ in range(2)],
        [Job(Counterfactual(steps=2), tiny, image=photo, label="church") for _ in range(2)],
        [Job(TASKS["generate"](steps=1, n=2), tiny, label="church") for _ in range(2)],
    ):
        assert kind(one) is kind(other) is None
        assert [len(group) for group in grouped([("", one), ("", other)], 2)] == [1, 1]


def test_only_where_it_is_exact_to_the_bit(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_module, "best_batch", lambda classifier, shape, pictures: min(pictures, 3))
    monkeypatch.setattr(batches_module, "_EXACT", {})
    assert best_together(tiny, (3, 64, 64), 5) == (3 if exact(tiny) else 1)
    monkeypatch.setattr(batches_module, "_EXACT", {})
    monkeypatch.setattr(batches_module, "_stepped", lambda classifier, x: x.mean() + 0 * x)
    assert best_together(tiny, (3, 64, 64), 5) == 1
    assert best_together(tiny, (3, 64, 64), 1) == 1
