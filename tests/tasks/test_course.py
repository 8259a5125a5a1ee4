"""The class and the features of a run change from one step to the next, and the recipe has it."""

import json

import numpy as np
import pytest

from napari_robust_synth.core import last
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Generate, Inpaint, Job, Paint, Recipe, Task, Translate, record, restore

PAINT = Paint(steps=6, step_size=3.0)


def run(job: Job, changes: dict) -> np.ndarray:
    states = job.states()
    state = next(states)
    while state.step < job.steps:
        state = states.send(changes.get(state.step))
    return job.result(state.x)


def again(recipe: Recipe, classifier: Classifier, image: np.ndarray | None) -> np.ndarray:
    job = restore(Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))), classifier, image)
    return job.result(last(job.replay(recipe.changes, recipe.last_step)).x)


@pytest.mark.parametrize(
    ("task", "given", "changes", "recorded"),
    [
        (PAINT, {"label": "church"}, {2: {"label": "TENCH"}}, [(2, {"label": "tench", "features": []})]),
        (
            PAINT,
            {"label": "church"},
            {1: {"features": [7, 9]}, 4: {"label": 1, "eps": 9.0}},
            [(1, {"label": None, "features": [7, 9]}), (4, {"label": "church", "eps": 9.0, "features": []})],
        ),
        (PAINT, {"features": [7]}, {3: {"label": None, "features": [8]}}, [(3, {"label": None, "features": [8]})]),
        (Inpaint(steps=4), {"label": "church"}, {1: {"label": "tench"}}, [(1, {"label": "tench"})]),
        (Translate(steps=4), {"label": "church"}, {2: {"label": "tench"}}, [(2, {"label": "tench"})]),
    ],
)
def test_a_new_target_counts_from_the_next_step(
    task: Task, given: dict, changes: dict, recorded: list, tiny: Classifier, photo: np.ndarray, mask: np.ndarray
) -> None:
    masked = {"mask": mask} if "mask" in task.needs else {}
    job = Job(task, tiny, image=photo, **masked, **given)
    states = {changed: [s.x for s in make(job, changes if changed else {})] for changed in (False, True)}
    first = min(changes)
    for step in range(task.steps + 1):
        same = bool((states[False][step] == states[True][step]).all())
        assert same == (step <= first), f"step {step}"
    result = run(job, changes)
    recipe = record(job, job.steps, None)
    assert recipe.changes == recorded and recipe.label == given.get("label")
    assert recipe.features == given.get("features", [])
    np.testing.assert_array_equal(again(recipe, tiny, photo), result)
    np.testing.assert_array_equal(run(job, changes), result, "a job runs a second time as at first")


def make(job: Job, changes: dict) -> list:
    states = job.states()
    found = [next(states)]
    while found[-1].step < job.steps:
        found.append(states.send(changes.get(found[-1].step)))
    return found


def test_what_is_said_is_about_the_new_class(tiny: Classifier, photo: np.ndarray) -> None:
    job = Job(Translate(steps=3), tiny, image=photo, label="church")
    before = job.probability()
    run(job, {1: {"label": "tench"}})
    assert job.label == "tench" and job.probability() != before
    assert job.probability() == Job(Translate(), tiny, image=photo, label="tench").probability()


def test_a_class_to_be_guessed_is_that_of_the_picture(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    guessed = Job(Inpaint(steps=2), tiny, image=photo, mask=mask).label
    other = next(name for name in tiny.class_names if name != guessed)
    job = Job(Inpaint(steps=2), tiny, image=photo, mask=mask, label=other)
    run(job, {1: {"label": None}})
    assert job.changes == [(1, {"label": guessed})]


def test_in_every_batch(tiny: Classifier) -> None:
    job = Job(Generate(steps=2, n=18), tiny, label="church", seed=3, size=32, batch=16)
    states = job.states()
    for _ in range(3):
        next(states)
    states.send({"label": "tench"})
    result = job.result(last(states).x)
    np.testing.assert_array_equal(again(record(job, job.steps, None), tiny, None), result)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"label": "chruch"}, "unknown class 'chruch'"),
        ({"features": [512]}, "feature 512 is out of range"),
        ({"label": "church", "features": [1]}, "either a class or features, not both"),
        ({"label": None, "features": []}, "needs either a class or features"),
        ({"label": 5.5}, "label is 5.5, expected the name or the number of a class"),
        ({"label": None, "features": ["7"]}, r"features are \['7'\], expected a list of whole numbers"),
        ({"label": None, "features": 5}, "features are 5, expected a list"),
    ],
)
def test_a_target_that_cannot_be(
    change: dict, word: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray
) -> None:
    job = Job(PAINT, tiny, image=photo, mask=mask, label="tench")
    with pytest.raises(ValueError, match=word):
        job.course.turned(tiny, change)
