"""An afternoon in the editor, by mouse and keys: `benchmarks/storyboard.py` says what is in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "storyboard.py"


@pytest.mark.slow
def test_the_storyboard_ends_well(tmp_path: Path) -> None:
    words = [sys.executable, str(SCRIPT), str(tmp_path), "--steps", "4"]
    environment = {**os.environ, "PYTHONPATH": str(SCRIPT.parents[1])}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=1200)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("[0-9]*.png"))) > 38 and (tmp_path / "counterfactual.png").is_file()
