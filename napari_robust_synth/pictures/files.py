"""Output files: checked before a run, written whole or not at all."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

RECIPE_SUFFIX = ".recipe.json"


def recipe_path(out: Path) -> Path:
    """Return where the recipe of an output file lies: beside it."""
    return out.with_name(out.name + RECIPE_SUFFIX)


def check_folder(folder: Path, *, make: bool = False) -> None:
    """Refuse a folder that can't be written to; with ``make`` it may be absent when its parent is there.

    Raises
    ------
    ValueError
        Before anything was computed or written.
    """
    if make and not folder.exists() and folder.parent.is_dir():
        folder = folder.parent
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "does not exist"
        raise ValueError(f"the output folder {folder} {problem}: make it first")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ValueError(f"the output folder {folder} can't be written ({error.strerror})") from None


def check_file(out: Path, inputs: Sequence[Path] = ()) -> None:
    """Refuse an output file that is a folder, lies where we can't write, or is one of the inputs.

    Raises
    ------
    ValueError
        Before anything was computed or written.
    """
    check_folder(out.parent)
    for path in (out, recipe_path(out)):
        if path.is_dir():
            raise ValueError(f"{path} is a folder, expected the name of a file to write")
    check_not_inputs([out], inputs)


def check_not_inputs(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Refuse to write over an input."""
    for out in outputs:
        if out.exists() and any(path.exists() and path.samefile(out) for path in inputs):
            raise ValueError(f"{out} is also an input, which its recipe needs: choose another name")


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files: all of them, or none; the folder of the first is made when it is missing.

    An interrupt waits until it is done.
    """
    folder = next(iter(files)).parent
    made = not folder.exists()
    with hold_interrupts():
        folder.mkdir(exist_ok=True)
        try:
            with ExitStack() as stack:
                _place(_stage(files, stack))
        except OSError:
            if made:
                folder.rmdir()
            raise


def _stage(files: Mapping[Path, bytes], stack: ExitStack) -> dict[Path, Path]:
    """Write each file beside where it will lie: a file can't be moved to another file system."""
    stages: dict[Path, Path] = {}
    staged = {}
    for i, (path, data) in enumerate(files.items()):
        if path.parent not in stages:
            stage = tempfile.TemporaryDirectory(dir=path.parent, prefix=".robust-synth-")
            stages[path.parent] = Path(stack.enter_context(stage))
        staged[path] = stages[path.parent] / f"{i}.new"
        staged[path].write_bytes(data)
    return staged


def _place(staged: Mapping[Path, Path]) -> None:
    old = {path: new.with_suffix(".old") for path, new in staged.items()}
    try:
        for path, new in staged.items():
            if path.exists():
                path.replace(old[path])
            new.replace(path)
    except OSError:
        for path, new in staged.items():
            if not new.exists():
                path.unlink(missing_ok=True)
            if old[path].exists():
                old[path].replace(path)
        raise


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    previous = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous or signal.SIG_DFL)
    if held:
        raise KeyboardInterrupt
