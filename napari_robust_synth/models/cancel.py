"""Ending a download from another thread."""

from __future__ import annotations

from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response


class Cancelled(Exception):
    """The download was cancelled; its part stays, for the next time."""


class Cancel:
    """Call it, from any thread, to end a download at once."""

    def __init__(self) -> None:
        self._wanted = Event()
        self._response: Response | None = None

    def __call__(self) -> None:
        """Raise `Cancelled` in the download."""
        self._wanted.set()
        if self._response is not None:
            with suppress(OSError, RuntimeError, ValueError):  # it has just ended by itself
                self._response.raw.shutdown()

    def watch(self, response: Response) -> None:
        """Wake up a download that waits for this answer when it is cancelled."""
        self._response = response
        self.check()

    def check(self) -> None:
        """Raise `Cancelled` once it was called."""
        if self._wanted.is_set():
            raise Cancelled
