"""Run the project's checks in this Python's environment; by default lint, docs and tests.

Usage: ``python scripts/checks.py [lint] [docs] [tests] [slow] [PYTEST OPTIONS]``
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# a test that hangs is named and ended, as one that crashes is
ENDS = "-o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true"
CHECKS = {
    "lint": [
        "ruff check .",
        "ruff format --check .",
        "mypy",
        "lint-imports",
        "npe2 validate napari_robust_synth",
    ],
    "docs": ["sphinx-build -W --keep-going -q docs docs/_build/html"],
    "tests": ["pytest -n logical --dist worksteal " + ENDS],
    "slow": ["pytest -m slow"],
}
DEFAULT = ("lint", "docs", "tests")


def call(command: list[str]) -> bool:
    """Run one check in the checkout; tell whether it passed."""
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    program = shutil.which(command[0], path=here)
    if program is None:
        sys.exit(f"error: {command[0]} is not installed here: run scripts/test.py, or pip install -e '.[dev]'")
    # processes that each want all cores stall each other
    threads = {"OMP_NUM_THREADS": "1"} if "-n" in command else {}
    print("+", *command, flush=True)
    return subprocess.call([program, *command[1:]], cwd=ROOT, env={**os.environ, **threads, "PATH": here}) == 0


def main(arguments: list[str]) -> int:
    """Run the named checks, and hand what follows the names to the last one."""
    names = list(itertools.takewhile(CHECKS.__contains__, arguments))
    options = arguments[len(names) :]
    commands = [check.split() for name in names or DEFAULT for check in CHECKS[name]]
    commands[-1] += options
    failed = [" ".join(command) for command in commands if not call(command)]
    for command in failed:
        print(f"failed: {command}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
