"""Every example runs, with few steps, and writes its pictures into the folder it is given."""

import runpy
import sys
from pathlib import Path

import pytest
from PIL import Image

from napari_robust_synth.tasks import TASKS

FOLDER = Path(__file__).parents[1] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_writes_its_pictures(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [path.name, str(tmp_path), "--steps", "2"])
    runpy.run_path(str(path), run_name="__main__")
    written = [path for path in tmp_path.iterdir() if path.is_file()]
    assert len(written) >= 2
    for file in written:
        with Image.open(file) as image:
            assert image.mode == "RGB"
            assert min(image.size) > 30


def test_every_task_has_an_example() -> None:
    used = "".join(path.read_text(encoding="utf-8") for path in EXAMPLES)
    assert {name for name, task in TASKS.items() if f"tasks.{task.__name__}(" in used} == set(TASKS)
