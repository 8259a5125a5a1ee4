"""What a user sees: notes and a progress bar on stderr, a summary or one JSON object on stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

Advance = Callable[..., None]
NOTE_SECONDS = 0.25


@contextmanager
def progress(title: str, total: int | None, quiet: bool) -> Iterator[Advance]:
    """Show a bar on stderr, when that is a terminal; yield a function of (steps done, what to note, total).

    The note is asked for at most four times a second: it may have to wait for the device.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    hidden = quiet or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar:
        item = bar.add_task(title, total=total, note="")
        shown = 0.0

        def advance(done: float, note: Callable[[], str], total: int | None = total) -> None:
            nonlocal shown
            if not hidden and time.monotonic() - shown > NOTE_SECONDS:
                bar.update(item, note=note())
                shown = time.monotonic()
            bar.update(item, completed=done, total=total)

        yield advance


@contextmanager
def download(title: str, quiet: bool) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar on stderr, when that is a terminal; yield a function of (bytes done, total)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    hidden = quiet or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar:
        item = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(item, completed=done, total=total)


def note(text: str, quiet: bool) -> None:
    """Print a line on stderr."""
    if not quiet:
        print(text, file=sys.stderr)


def show(values: Mapping[str, Any], lines: str, *, as_json: bool, quiet: bool) -> None:
    """Print the values as one JSON object, or the lines for people."""
    if as_json:
        print(json.dumps(values, allow_nan=False))
    elif not quiet:
        print(lines)
