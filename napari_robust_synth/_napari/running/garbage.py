"""Garbage collections that look at what has come since a run began, and at nothing before."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def small_collections() -> Iterator[None]:
    """Leave all that is there now out of collections: napari asks for one when the preview of a run is removed.

    With PyTorch loaded each would stop the window for 0.3 s. What becomes garbage meanwhile is freed by the first one
    afterwards; left out for good, a layer that is there now would never be.
    """
    if gc.get_freeze_count():  # another run, or program, has done so
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
