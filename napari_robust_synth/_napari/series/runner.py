"""What runs in the worker of a series: some runs together, each kept as small as can be."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.running.difference_layer import difference_layer
from napari_robust_synth._napari.running.runner import Outcome
from napari_robust_synth._napari.running.stepping import Tick, last_state
from napari_robust_synth._napari.window.preferences import MEGABYTE
from napari_robust_synth._napari.window.worker_errors import RunError, explained
from napari_robust_synth.history.patch import Patch
from napari_robust_synth.tasks.memory import ran_out

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth._napari.running.request import Request
    from napari_robust_synth._napari.series.series import Item
    from napari_robust_synth.tasks import Job

SMALL, LARGE = 224, 512
"""Between these is the longer side of what is shown of a result."""
NOTHING = np.zeros(0)


@dataclass(frozen=True)
class Original:
    """What the series starts from, shown like its results."""

    shown: Array
    crop: core.Crop


@dataclass(frozen=True)
class Made:
    """A result.

    Parameters
    ----------
    item : Item
        The run.
    words : str
        What tells it from the others, and what the classifier says.
    shown : array
        (h, w, 3) uint8.
    crop : Crop
        What of the picture that is.
    kept : Outcome
        Its outcome, blank where the result would be.
    patch : Patch
        From the picture that is edited, if the result is of its kind, or from that blank, to the result.
    """

    item: Item
    words: str
    shown: Array
    crop: core.Crop
    kept: Outcome
    patch: Patch

    def outcome(self) -> Outcome:
        """Return the end of the run as it was; takes a moment for a large picture."""
        result, source = _base(self.kept.source, self.kept.result), self.kept.source
        self.patch.apply(result)
        beside = self.kept.beside
        if beside and source is not None:
            beside = (difference_layer(self.item.request, source, result),)
        return replace(self.kept, result=result, beside=beside)


def run_series(items: Sequence[Item], stop: Event, limit: int) -> Generator[Tick | Original | Made, None, None]:
    """Run all, on one reading of the picture, each as it would alone; what is kept takes at most ``limit`` bytes.

    Raises
    ------
    RunError
        For everything that goes wrong, out of memory included.
    """
    with explained():
        yield from _run(items, stop, limit)


def _run(items: Sequence[Item], stop: Event, limit: int) -> Generator[Tick | Original | Made, None, None]:
    image, mask = items[0].request.read()
    image = None if image is None else image.copy()  # the layer may change meanwhile
    from napari_robust_synth.tasks.together import grouped

    held = number = 0
    jobs = ((item, item.request.job(image, mask)) for item in items if not stop.is_set())
    for group in grouped(jobs, len(items)):
        first, job = group[0]
        if number == 0 and first.request.edits:
            yield Original(_shown(first.request, job, job.picture.source), job.picture.crop)
        states = yield from _states(group, number, len(items), stop)
        for (item, job), state in zip(group, states, strict=False):
            made = _made(item, job, state)
            held += made.patch.nbytes
            if held > limit:
                most = f"{limit // MEGABYTE} MB, the history's limit in the preferences"
                raise RunError(f"more than {number} of these results do not fit into {most}: choose fewer or a region")
            yield made
            number += 1
        if len(states) < len(group):
            return


def _states(
    group: list[tuple[Item, Job]], number: int, count: int, stop: Event
) -> Generator[Tick, None, list[core.State]]:
    """Return the last states of some jobs, run together, or in halves where memory runs out; fewer if it is stopped."""
    from napari_robust_synth.tasks.together import Together

    jobs, n = [job for _, job in group], len(group)
    title = group[0][0].title if n == 1 else f"{group[0][0].title} to {group[-1][0].title}"
    try:
        if n == 1:
            state = yield from last_state(jobs[0], title, number, count, stop)
            return [] if state is None else [state]
        run = Together(jobs)
        state = yield from last_state(run, title, number, count, stop, n)
        return [] if state is None else run.apart(state)
    except (MemoryError, RuntimeError) as error:
        if n == 1 or not ran_out(error):
            raise
    half = yield from _states(group[: n // 2], number, count, stop)
    if len(half) < n // 2:
        return half
    return half + (yield from _states(group[n // 2 :], number + n // 2, count, stop))


def _made(item: Item, job: Job, state: core.State) -> Made:
    outcome = item.request.finish(job, state)
    result, likely = outcome.result, outcome.likely
    aim = f"{job.label} " if item.request.label is None else ""
    words = item.title if likely is None else f"{item.title} · {aim}{100 * likely:.0f}%"
    blank = np.broadcast_to(np.zeros((), result.dtype), result.shape)
    beside = tuple((NOTHING, look) for _, look in outcome.beside)
    kept, patch = replace(outcome, result=blank, beside=beside), Patch.between(_base(outcome.source, blank), result)
    return Made(item, words, _shown(item.request, job, result), job.picture.crop, kept, patch)


def _base(source: Array | None, blank: Array) -> Array:
    alike = source is not None and (source.shape, source.dtype) == (blank.shape, blank.dtype)
    return source.copy() if source is not None and alike else blank.copy()


def _shown(request: Request, job: Job, picture: Array) -> Array:
    """Return a result, or of an edit the part worked on, (h, w, 3) uint8, of a size to look at."""
    from napari_robust_synth.core import to_array, to_tensor

    if request.edits:
        worked, whole = job.picture.crop.slices, job.picture.source.shape[:2]
        part = picture[worked] if picture.shape[:2] == whole else picture
        pixels = np.rint(255 * to_array(to_tensor(part, job.picture.value_range))[0]).astype(np.uint8)
        height, width = job.picture.canvas.shape[:2]
    else:
        pixels = request.arrange(picture)
        height, width = pixels.shape[:2]
    longer = max(height, width)
    factor = min(max(longer, SMALL), LARGE) / longer
    size = (max(round(factor * width), 1), max(round(factor * height), 1))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
