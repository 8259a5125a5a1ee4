"""One training at a time in a model folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOADERS_END = 8.0
"""So many seconds the loaders of a training that was killed may hold its lock: they look every five for its end."""


@contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Keep other trainings out of a model folder until the block ends, or the process does, however it does.

    The lock lies beside the folder, which training makes late, and is gone with the block.

    Parameters
    ----------
    out : Path
        The model folder, there or not.

    Raises
    ------
    ValueError
        When there is another training.
    """
    folder = out.resolve()
    path = folder.with_name(f".{folder.name}.lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=LOADERS_END)
    except Timeout:
        raise ValueError(f"a training in {out} is under way: wait until it ends, or choose another folder") from None
    try:
        yield
    finally:
        with suppress(PermissionError):  # of Windows, where the lock deletes its file itself
            path.unlink(missing_ok=True)
        lock.release()
