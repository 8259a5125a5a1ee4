"""What goes wrong in a worker, as a line that a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from superqt.utils import FunctionWorker

from napari_robust_synth.tasks.memory import ran_out


class RunError(Exception):
    """What went wrong in a run, in one line; not a RuntimeError, which the worker would swallow."""


@contextmanager
def explained() -> Iterator[None]:
    """Let what goes wrong in a worker be a line that a person can act on, memory that runs out included.

    Raises
    ------
    RunError
        In the place of torch's errors, which the worker would swallow.
    """
    try:
        yield
    except MemoryError:
        raise RunError("not enough memory: choose a smaller working size or fewer pictures") from None
    except RuntimeError as error:
        raise RunError(explain(error)) from error


def background(work: Callable[..., Any], *given: Any) -> FunctionWorker[Any]:
    """Return a worker that calls ``work``; whatever goes wrong in there, it tells (see `explained`)."""

    def explaining() -> Any:
        with explained():
            return work(*given)

    return FunctionWorker(explaining)


def explain(error: RuntimeError) -> str:
    """Turn torch's error into a line that a person can act on."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if ran_out(error):
        return "the device ran out of memory: choose a smaller working size, fewer pictures, or the device cpu"
    return f"it failed ({text}): please report this, with the recipe if there is one"
