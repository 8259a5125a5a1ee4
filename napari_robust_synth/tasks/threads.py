"""How many cores a live painting leaves to the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from napari_robust_synth import core

if TYPE_CHECKING:
    from napari_robust_synth.tasks.live import Live
    from napari_robust_synth.tasks.patch import Patch


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


@leaving_a_core()
def prepare(live: Live, patch: Patch | None = None) -> None:
    """Prepare the classifier for steps in a patch; without one, for those of the first stroke that will be painted."""
    around = core.crop_around(live.picture.source.shape[:2], core.Crop(0, 0, 1, 1), live.size)
    shape = core.working_shape(around.shape, live.size) if patch is None else patch.shape
    live.classifier.prepare((1, 3, *shape))
