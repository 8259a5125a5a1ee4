"""All slices of an axis: one run for each, one result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_robust_synth._napari.layers.arrays import Array, NothingThereError
from napari_robust_synth._napari.layers.destination import Destination, along
from napari_robust_synth._napari.layers.masks import Copies, LabelRegion, Region, read_region
from napari_robust_synth._napari.layers.parts import choose_part
from napari_robust_synth._napari.layers.planes import Plane
from napari_robust_synth._napari.layers.slices import slice_at, world_at
from napari_robust_synth._napari.layers.still import Still
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth._napari.running.loading import classifier
from napari_robust_synth._napari.running.request import Request
from napari_robust_synth._napari.stack.labels import FILL_IN, with_own_targets

if TYPE_CHECKING:
    from napari_robust_synth import core
    from napari_robust_synth.tasks import Job

COMMON = ("task", "preset", "model", "device", "palette", "label", "features", "seed", "size")


@dataclass(frozen=True, kw_only=True)
class Stack(Request):
    """Runs that differ in the slice: settings and seed are the same, so each gives what it would alone.

    Parameters
    ----------
    source : Plane
        The first slice.
    axis : int
        The axis of the source that the slices lie along.
    mask : Still, optional
        What may change: the same in every slice, or its own in each.
    selected_only : bool
        Whether only the selected label counts.
    world : World
        What is shown.
    """

    source: Plane
    axis: int
    mask: Still | None = None
    selected_only: bool = False
    world: World

    @property
    def length(self) -> int:
        """How many slices there are."""
        return int(self.source.data.shape[self.axis])

    @property
    def title(self) -> str:
        """Name of the result layer."""
        return f"{self.subject} · {self.length} slices"

    @property
    def destination(self) -> Destination:
        """Where the result belongs in the source."""
        return along(super().destination, self.axis, self.length)

    def cases(self) -> Iterator[tuple[int, Request] | None]:
        """Ask for each slice by itself that something is marked in, now and then for nothing; runs in the worker.

        All marks are copied first: the user may paint on while a classifier is loaded and slices run.
        """
        regions: dict[int, Region | None] = {}
        copies: Copies = {}
        for number in range(self.length):
            with suppress(NothingThereError):
                regions[number] = self._region(slice_at(self.source, self.axis, number), copies)
            yield None
        size = self.size or self.task.working_size(classifier(self.model, self.device).size)
        for number, region in regions.items():
            with suppress(NothingThereError):
                yield number, self._case(slice_at(self.source, self.axis, number), region, size)

    def _region(self, plane: Plane, copies: Copies) -> Region | None:
        if self.mask is None:
            return None
        world = world_at(self.world, plane, self.axis)
        region = read_region(self.mask, plane, world, selected_only=self.selected_only)
        return region.still(copies) if isinstance(region, LabelRegion) else region

    def _case(self, plane: Plane, region: Region | None, size: int) -> Request:
        case = Request(source=plane, region=region, **{name: getattr(self, name) for name in COMMON})
        case._part[:] = [astuple(choose_part(plane, region, size))]
        return case

    def cover_all(self, cases: list[Request]) -> None:
        """Choose the smallest part that holds those of all slices."""
        boxes = [case._part[0] for case in cases]
        (top, left, _, _), (_, _, bottom, right) = np.min(boxes, 0).tolist(), np.max(boxes, 0).tolist()
        self._part[:] = [(top, left, bottom, right)]

    def marked(self, case: Request) -> tuple[Request, Array | None, set[int]]:
        """Return a slice as `job_of` takes it, its marks, and the labels that the palette has no target for."""
        marks = None if case.region is None else case._marked(case.region, part_of(case))
        if marks is None or case.palette is None:
            return case, marks, set()
        own, missing = with_own_targets(case, marks)
        return own, marks, missing

    def job_of(self, case: Request, pixels: Array, marks: Array | None) -> Job:
        """Make the job of a slice, whose ``pixels`` are read in what `cover_all` has chosen; runs in the worker.

        Raises
        ------
        ValueError
            When it can't run.
        """
        if case.palette is not None and not case.palette:
            raise ValueError(f"none of its labels has a target: {FILL_IN}")
        part, (top, left) = part_of(case), self._part[0][:2]
        return case.job(pixels[part.moved(-top, -left).slices], marks)

    def arrange(self, pictures: Array) -> Array:
        """Give slices (n, h, w[, C]) the axes of the source."""
        others = [axis for axis in range(len(self.source.index)) if axis != self.axis]
        return np.expand_dims(pictures, others)


def part_of(request: Request) -> core.Crop:
    """Return the part of the source that a request has chosen; in the worker."""
    from napari_robust_synth.core import Crop

    return Crop(*request._part[0])
