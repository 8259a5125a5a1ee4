"""One run: its states, what it leaves alone, what it refuses, and the same bits every time."""

import numpy as np
import pytest
import torch

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import TASKS, Generate, Inpaint, Job, Paint, Sketch, SuperResolve, Translate

STEPS = 2
GIVEN = {
    "paint": {"image", "mask", "label"},
    "inpaint": {"image", "mask"},
    "translate": {"image", "label"},
    "sketch": {"image", "label"},
    "super-resolve": {"image"},
    "generate": {"label"},
}


def job(name: str, classifier: Classifier, photo: np.ndarray, mask: np.ndarray, *, seed: int = 0, **parameters) -> Job:
    inputs = {"image": photo, "mask": mask, "label": "church"}
    chosen = {key: value for key, value in inputs.items() if key in GIVEN[name]}
    small = {"n": 2} if name == "generate" else {"factor": 2} if name == "super-resolve" else {}
    return Job(TASKS[name](**{"steps": STEPS, **small, **parameters}), classifier, seed=seed, batch=2, **chosen)


@pytest.mark.parametrize("name", GIVEN)
def test_states_and_result(name: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    run = job(name, tiny, photo, mask)
    states = list(run.states())
    assert [state.step for state in states] == [0, 1, 2] and run.steps == 2
    assert torch.equal(states[0].x, run.start) and not torch.equal(states[-1].x, run.start)
    assert states[-1].loss.mean() < states[0].loss.mean()
    result = run.result(states[-1].x)
    shapes = {"generate": (2, 91, 91, 3), "super-resolve": (144, 192, 3)}
    assert result.shape == shapes.get(name, photo.shape) and result.dtype == np.uint8
    assert np.array_equal(job(name, tiny, photo, mask).run(), result), "the same job gives the same bits"
    assert np.array_equal(run.run(), result), "so does running it again"
    assert 0 < run.probability(result) < 1


@pytest.mark.parametrize("name", GIVEN)
def test_the_seed_counts_where_a_task_draws(name: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    one, other = (job(name, tiny, photo, mask, seed=seed).run() for seed in (0, 1))
    assert np.array_equal(one, other) is (name != "generate")


@pytest.mark.parametrize("name", GIVEN)
def test_the_class_becomes_likelier(name: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    run = job(name, tiny, photo, mask, steps=12, step_size=4.0)
    start = run.result(run.start)
    assert run.probability(run.run()) > run.probability(start)


@pytest.mark.parametrize("name", GIVEN)
def test_the_run_stays_in_its_ball(name: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    run = job(name, tiny, photo, mask, steps=6, eps=5, step_size=3)
    radius = 5 * (run.start.shape[2] * run.start.shape[3]) ** 0.5 / 224
    for state in run.states():
        assert (state.x - run.start).flatten(1).norm(dim=1).max() <= radius * (1 + 1e-4)
        assert state.x.min() >= 0 and state.x.max() <= 1


def test_iterating_leaves_grad_mode_and_parameters_alone(tiny: Classifier, photo: np.ndarray) -> None:
    for _ in job("translate", tiny, photo, photo).states():
        assert torch.is_grad_enabled()
    assert all(p.grad is None and not p.requires_grad for p in tiny._trunk.parameters())


def test_a_result_changes_nothing_it_was_given(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    image, region = photo.copy(), mask.copy()
    job("inpaint", tiny, photo, mask).run()
    assert np.array_equal(image, photo) and np.array_equal(region, mask)


@pytest.mark.parametrize(
    ("task", "label"),
    [(Inpaint(steps=1), "church"), (SuperResolve(steps=1, factor=2), "church"), (Inpaint(steps=1), None)],
)
def test_a_class_is_predicted_when_none_is_given(
    task, label, tiny: Classifier, photo: np.ndarray, mask: np.ndarray
) -> None:
    run = Job(task, tiny, image=photo, mask=mask if "mask" in task.needs else None, label=label)
    filled = tiny.probabilities(run.start).argmax()
    assert run.label == (label or tiny.class_names[int(filled)])


def test_features_are_raised(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    run = Job(Paint(steps=8, step_size=4.0), tiny, image=photo, mask=mask, features=[7, 70])
    states = list(run.states())
    assert run.label is None and run.probability(photo) is None
    assert states[-1].terms["feature"] > states[0].terms["feature"]


@pytest.mark.parametrize("seeds", ["normal", "univariate", "uniform", "image"])
def test_generate_from_every_seed(seeds: str, tiny: Classifier, photo: np.ndarray) -> None:
    image = photo if seeds == "image" else None
    make = [Job(Generate(steps=1, n=3, seeds=seeds), tiny, image=image, label=1, seed=s).run() for s in (0, 0, 1)]
    assert make[0].shape[0] == 3 and np.array_equal(make[0], make[1]) and not np.array_equal(make[0], make[2])


def test_generate_without_statistics_says_so(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "seeds", None)
    with pytest.raises(ValueError, match="'tiny' has no seed statistics: choose uniform or image seeds"):
        Job(Generate(), tiny, label="church")


def test_many_pictures_run_in_batches(tiny: Classifier) -> None:
    run = Job(Generate(steps=2, n=20), tiny, label="church", size=32, batch=16)
    states = list(run.states())
    assert [s.step for s in states] == [0, 1, 2, 2, 3, 4] and run.steps == 4
    assert all(len(s.x) == 20 for s in states) and run.result(states[-1].x).shape == (20, 32, 32, 3)


def test_changes_hold_from_the_next_step_and_are_kept(tiny: Classifier, photo: np.ndarray) -> None:
    run = Job(Sketch(steps=6, eps=40), tiny, image=photo, label="church")
    states = run.states()
    for _ in range(4):
        state = next(states)
    assert (state.x - run.start).norm() > 0.5
    state = states.send({"eps": 1.0, "step_size": 0.5})
    scale = (run.start.shape[2] * run.start.shape[3]) ** 0.5 / 224
    assert (state.x - run.start).norm() <= 1.0 * scale * (1 + 1e-4)
    assert run.changes == [(3, {"eps": 1.0, "step_size": 0.5})]


def test_a_change_between_batches_holds_in_the_next(tiny: Classifier) -> None:
    run = Job(Generate(steps=1, n=17), tiny, label="church", size=32, batch=16)
    states = run.states()
    next(states)
    next(states)
    states.send({"eps": 0.5})
    final = list(states)[-1].x
    moved = (final - run.start).flatten(1).norm(dim=1) / (32 / 224)
    assert run.changes == [(1, {"eps": 0.5})] and moved[:16].min() > 0.9 and moved[16] <= 0.5 + 1e-4


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
def test_an_odd_strip_of_a_picture(kind: str, tiny: Classifier) -> None:
    values = np.random.default_rng(0).random((37, 411, 3))
    image = values.astype(kind) if kind == "float32" else (values * np.iinfo(kind).max).astype(kind)
    result = Job(Translate(steps=1), tiny, image=image, label="tench").run()
    assert result.shape == image.shape and result.dtype == image.dtype and (result != image).any()


def test_a_working_size_scales_radius_and_picture(tiny: Classifier, photo: np.ndarray) -> None:
    run = Job(Translate(steps=1, step_size=10), tiny, image=photo, label="tench", size=96)
    states = list(run.states())
    assert run.start.shape[2] * run.start.shape[3] == pytest.approx(96**2, rel=0.02)
    assert (states[1].x - states[0].x).norm() <= 10 * 96 / 224 * 1.01


def test_preview_is_clear_outside_the_mask(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    run = job("paint", tiny, photo, mask)
    shown = run.preview(run.start)
    assert shown.shape == (1, *run.start.shape[2:], 4) and shown.dtype == np.uint8
    assert shown[0, 0, 0, 3] == 0 and shown[0, ..., 3].max() == 255


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"image": np.zeros((72, 96, 5))}, "5 channels"),
        ({"image": np.full((72, 96), np.nan)}, "NaN or infinite"),
        ({"image": np.zeros((7, 96))}, "at least 8"),
        ({"image": np.full((72, 96), 300.0)}, "--range"),
        ({"image": np.zeros((70, 96))}, "the mask is 96 x 72 px, but the image is 96 x 70 px"),
        ({"mask": np.zeros((72, 96))}, "the mask is empty"),
        ({"mask": None}, "paint needs a mask"),
        ({"label": "chruch"}, "'church'"),
        ({"label": None, "features": [512]}, "feature 512 is out of range"),
        ({"size": 0}, "size is 0"),
        ({"size": 2000}, "size is 2000"),
        ({"value_range": (3, 3)}, "3 to 3"),
    ],
)
def test_bad_input_is_one_line(options, word: str, tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    given = {"image": photo, "mask": mask, "label": "church", **options}
    with pytest.raises(ValueError, match=word) as caught:
        Job(Paint(), tiny, **given)
    assert "\n" not in str(caught.value)
