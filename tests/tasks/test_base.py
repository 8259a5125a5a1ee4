"""What a task declares: ranges, presets, and the refusal of what is out of range."""

from dataclasses import dataclass
from typing import get_args

import pytest

from napari_robust_synth.tasks import TASKS, Generate, Inpaint, Paint, Sketch, SuperResolve, Task, Translate

PAPER = {
    "inpaint": (21.6, 0.1, 720),
    "translate": (80, 0.5, 200),
    "super-resolve": (8, 1, 40),
    "sketch": (40, 1, 60),
    "paint": (70, 1, 140),
    "generate": (40, 1, 60),
}


def test_the_six_tasks_in_the_order_they_are_shown() -> None:
    assert list(TASKS)[:6] == ["paint", "inpaint", "translate", "sketch", "super-resolve", "generate"]


@pytest.mark.parametrize("name", PAPER)
def test_the_papers_settings(name: str) -> None:
    task = TASKS[name].preset("paper")
    assert (task.eps, task.step_size, task.steps) == PAPER[name]


@pytest.mark.parametrize("name", PAPER)
def test_every_parameter_has_a_range_and_help(name: str) -> None:
    task = TASKS[name]
    assert task.__doc__ and "\n" not in task.__doc__
    for parameter, (kind, param) in task.parameters().items():
        assert param.help, parameter
        if kind in (int, float):
            assert param.low < param.high
            assert param.low <= getattr(task(), parameter) <= param.high
        else:
            assert getattr(task(), parameter) in get_args(kind)


def test_a_default_declared_again_keeps_its_range() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Bare(Task):
        eps: float = 3.0

    assert Bare.parameters()["eps"] == Task.parameters()["eps"]
    with pytest.raises(ValueError, match="eps is -1"):
        Bare(eps=-1)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Paint(eps=0), "eps is 0, expected 0.1 to 200"),
        (lambda: Paint(eps=-3), "eps is -3"),
        (lambda: Paint(eps=float("nan")), "eps is nan"),
        (lambda: Paint(eps=float("inf")), "eps is inf"),
        (lambda: Paint(eps="4"), "eps is '4', expected a number"),
        (lambda: Paint(eps=True), "eps is True"),
        (lambda: Paint(steps=0), "steps is 0, expected 1 to 2000"),
        (lambda: Paint(steps=2.5), "steps is 2.5, expected a whole number"),
        (lambda: Paint(step_size=0), "step_size is 0"),
        (lambda: Inpaint(keep=-1), "keep is -1"),
        (lambda: SuperResolve(factor=1), "factor is 1, expected 2 to 16"),
        (lambda: SuperResolve(start="lanczos"), "start is 'lanczos', expected one of faithful, nearest, bicubic"),
        (lambda: Generate(n=65), "n is 65, expected 1 to 64"),
        (lambda: Generate(seeds="pink"), "expected one of normal, univariate, uniform, image"),
        (lambda: Sketch.preset("fast"), "no preset 'fast': expected default, paper"),
    ],
)
def test_refuses(make, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        make()


def test_a_task_is_data() -> None:
    task = Translate(eps=12, steps=3)
    assert task.to_dict() == {"eps": 12, "step_size": 3.0, "steps": 3, "variation": 0.0}
    assert task.with_changes({"eps": 5}) == Translate(eps=5, steps=3)
    assert Translate.preset("paper", steps=3, eps=12) == Translate(eps=12, steps=3, step_size=0.5)
    with pytest.raises(AttributeError):
        task.eps = 1


def test_working_sizes_end_at_the_largest() -> None:
    assert Translate.working_size(112) == 192
    assert [task.working_size(1000) for task in (Generate, Paint, Sketch, Translate)] == [1024, 1000, 1024, 1024]
