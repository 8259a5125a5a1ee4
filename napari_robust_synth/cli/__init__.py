"""The command line: one subcommand per task, and models, train, replay, demo.

Building it imports neither torch nor napari; a command imports what it needs when it runs.
"""

from napari_robust_synth.cli.app import build, main

__all__ = ["build", "main"]
