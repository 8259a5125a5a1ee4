"""Python's lock goes from thread to thread more often while a run is under way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

OFTEN_SECONDS = 0.0002  # a step asks for it a hundred times, and a window that draws keeps it for 5 ms by default
_lock, _runs, _usual = Lock(), 0, 0.0


@contextmanager
def switching_often() -> Iterator[None]:
    """Let a worker have the lock sooner, until the last of several runs has ended."""
    global _runs, _usual
    with _lock:
        if _runs == 0:
            _usual = sys.getswitchinterval()
            sys.setswitchinterval(min(OFTEN_SECONDS, _usual))
        _runs += 1
    try:
        yield
    finally:
        with _lock:
            _runs -= 1
            if _runs == 0:
                sys.setswitchinterval(_usual)
