"""A recipe as a command line and as Python; nothing of what is in the recipe gets into either."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from napari_robust_synth.pictures.files import RECIPE_SUFFIX
from napari_robust_synth.tasks.recipes import Recipes

SUFFIX = ".tif"
"""Holds every type of pixels."""


def command_line(recipes: Recipes, path: Path) -> str:
    """Return the command that makes the recipes in a file again."""
    again = path.with_name(path.name.removesuffix(RECIPE_SUFFIX) + "-again")
    out = again if recipes.first.image is None else again.with_name(again.name + SUFFIX)
    parts = ["napari-robust-synth", "replay", str(path), "-o", str(out)]
    return subprocess.list2cmdline(parts) if sys.platform == "win32" else shlex.join(parts)


def python_code(path: Path) -> str:
    """Return the Python that makes the recipes in a file again."""
    return f"from napari_robust_synth.pictures import replay\n\nresult = replay({str(path)!r})\n"
