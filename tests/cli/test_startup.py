"""Help is instant: it loads neither torch nor napari."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from napari_robust_synth.tasks import TASKS
from tests.cli.conftest import Cli

COMMANDS = [*TASKS, "classify", "features", "train", "fit-seeds", "evaluate", "replay", "batch", "demo", "models"]
LOADED = """
import json, runpy, sys
sys.argv = ["napari-robust-synth", *sys.argv[1:]]
try:
    runpy.run_module("napari_robust_synth", run_name="__main__")
finally:
    print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["generate", "--help"], ["--version"], ["paint", "--nope"]])
def test_light(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == (2 if "--nope" in arguments else 0)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "typer" in loaded
    assert not loaded & {"torch", "torchvision", "napari", "qtpy", "PyQt6", "numpy", "PIL", "rich"}


def test_every_command_is_listed_and_has_help(cli: Cli) -> None:
    everything = cli()
    assert everything.code == 0
    for command in COMMANDS:
        assert f"  {command} " in everything.out
        result = cli(command, "--help")
        assert (result.code, result.err) == (0, "")
        assert f"napari-robust-synth {command}" in result.out


def test_help_shows_ranges_and_units(cli: Cli) -> None:
    text = " ".join(cli("generate", "--help").out.split())
    assert "-n, --n INTEGER" in text
    assert "--seeds normal|univariate|uniform|IMAGE" in text
    assert "L2 at 224 px); default 40.0." in text


def test_help_says_sizes_and_presets(cli: Cli) -> None:
    sizes = {
        "translate": "1.71 times the model's own.",
        "sketch": "1.43 times the model's own.",
        "paint": "the model's own.",
    }
    for task, size in sizes.items():
        text = " ".join(cli(task, "--help").out.split())
        assert f"Working size, 32 to 1024; by default {size}" in text
        assert f"--preset {'|'.join(TASKS[task].presets)} Which set" in text


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"napari-robust-synth {version('napari-robust-synth')}\n"
