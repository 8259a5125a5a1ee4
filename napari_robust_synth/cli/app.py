"""The commands, and what their errors become: one line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from napari_robust_synth.cli import models
from napari_robust_synth.cli.commands import batch, classify, demo, features, fit_seeds, replay, train
from napari_robust_synth.cli.counterfactual import counterfactual_command
from napari_robust_synth.cli.evaluate import evaluate
from napari_robust_synth.cli.options import task_command
from napari_robust_synth.tasks import TASKS
from napari_robust_synth.tasks.memory import ran_out

PROGRAM = "napari-robust-synth"
BAD_INPUT = 2
INTERRUPTED = 130
# typer carries its own copy of click since 0.2x, so its UsageError has no name that holds for all versions.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def build() -> typer.Typer:
    """Return the command line as it is now: one command for each entry of `TASKS`."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback()(_root)
    for task in TASKS.values():
        make = counterfactual_command if task is TASKS["counterfactual"] else task_command
        app.command(task.name)(make(task))
    for command in (classify, features, train, fit_seeds, evaluate, replay, batch, demo):
        app.command()(command)
    app.add_typer(models.commands(), name="models")
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process by default.

    Returns
    -------
    int
        0; 2 after bad input, with one line on stderr; 130 after Ctrl-C.
    """
    arguments = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    try:
        command = typer.main.get_command(build())
        code = command.main(arguments, prog_name=PROGRAM, standalone_mode=False) or 0
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except UsageError as error:
        return _fail(error.format_message())  # type: ignore[attr-defined]
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))
    except ValueError as error:
        return _fail(str(error))
    except (MemoryError, RuntimeError) as error:
        if not ran_out(error):
            raise
        return _fail("out of memory: choose a smaller --size, fewer pictures, or --device cpu")
    if code == INTERRUPTED:
        print("interrupted", file=sys.stderr)
    return int(code)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(PROGRAM, version(PROGRAM))
        raise typer.Exit


def _root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Edit pictures by meaning with one adversarially robust classifier."""


def _fail(message: str) -> int:
    print("error:", " ".join(message.split()), file=sys.stderr)
    return BAD_INPUT
