"""The task that docs/architecture.md adds in one file: it runs, and appears wherever tasks appear."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from imageio.v3 import imread, imwrite

from napari_robust_synth._napari.view import DockView
from napari_robust_synth.cli import main
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import TASKS, Job, Recipe, Task, record, restore

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"


@pytest.fixture
def dream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Task]]:
    """Write the page's last code block to a file and import it, as a user would; forget it afterwards."""
    text = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)[-1]
    (tmp_path / "dream_task.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    before = dict(TASKS)
    importlib.import_module("dream_task")
    yield TASKS["dream"]
    TASKS.clear()
    TASKS.update(before)
    del sys.modules["dream_task"]


def test_it_is_about_thirty_lines(dream: type[Task], tmp_path: Path) -> None:
    assert len((tmp_path / "dream_task.py").read_text(encoding="utf-8").splitlines()) <= 36


def test_it_runs_and_replays(dream: type[Task], tiny: Classifier, photo: np.ndarray) -> None:
    job = Job(dream(steps=3), tiny, image=photo)
    states = list(job.states())
    assert states[-1].loss < states[0].loss
    result = job.result(states[-1].x)
    assert result.shape == photo.shape
    assert (result != photo).any()
    recipe = Recipe.from_dict(record(job, last_step=3, image=None).to_dict())
    assert np.array_equal(restore(recipe, tiny, photo).run(), result)


def test_its_parameters_are_checked(dream: type[Task]) -> None:
    assert list(dream.parameters()) == ["eps", "step_size", "steps", "power"]
    with pytest.raises(ValueError, match="power is 9, expected 1 to 8"):
        dream(power=9.0)


def test_the_command_line_has_it(dream: type[Task], tiny_model_folder: Path, photo: np.ndarray, tmp_path: Path) -> None:
    imwrite(tmp_path / "photo.png", photo)
    line = [str(tmp_path / "photo.png"), "-o", str(tmp_path / "dream.png"), "--power", "3", "--steps", "1"]
    assert main(["dream", *line, "--model", str(tiny_model_folder), "--quiet"]) == 0
    assert imread(tmp_path / "dream.png").shape == photo.shape
    assert Recipe.read(tmp_path / "dream.png.recipe.json").parameters["power"] == 3


def test_the_dock_has_it(dream: type[Task], qapp: object) -> None:
    view = DockView(list)
    assert "dream" in view.task.choices
    view.parameters.show_task(dream, 112)
    assert view.parameters.widgets["power"].value == 2.0
    assert (view.parameters.widgets["power"].min, view.parameters.widgets["power"].max) == (1, 8)
    assert view.parameters.task() == dream()
