"""How many cores a live painting leaves to the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def leaving_a_core() -> Iterator[None]:
    """Compute with one thread less: a window that draws at the same time is then quicker, and so is the painting.

    A replay does the same, since another number of threads can give other pixels.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(max(threads - 1, 1))
    try:
        yield
    finally:
        torch.set_num_threads(threads)
