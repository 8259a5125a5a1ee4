"""All slices of an axis: one run for each, one result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_robust_synth._napari.destination import Destination
from napari_robust_synth._napari.layers import Array, Box
from napari_robust_synth._napari.loading import classifier
from napari_robust_synth._napari.masks import read_region
from napari_robust_synth._napari.parts import choose_part
from napari_robust_synth._napari.planes import NothingThere, Plane
from napari_robust_synth._napari.request import Request
from napari_robust_synth._napari.still import Still

if TYPE_CHECKING:
    from napari_robust_synth.tasks import Job


@dataclass(frozen=True, kw_only=True)
class Stack(Request):
    """Runs that differ in the slice: the same settings and seed, so each is what a run on that slice alone gives.

    Parameters
    ----------
    axis : int
        The axis of the source that the slices lie along.
    mask : Still, optional
        What may change: the same in every slice, or its own in each.
    selected_only : bool
        Whether only the selected label counts.
    point : tuple of float
        A world point of the slice that is shown.
    """

    source: Plane
    axis: int
    mask: Still | None = None
    selected_only: bool = False
    point: tuple[float, ...] = ()

    @property
    def length(self) -> int:
        """How many slices there are."""
        return int(self.source.data.shape[self.axis])

    @property
    def title(self) -> str:
        """Name of the result layer."""
        return f"{super().title} · {self.length} slices"

    @property
    def placement(self) -> dict[str, Any]:
        """Transforms and look of the result layer."""
        return replace(self, source=self.slice(0)).placement if self.source.index[self.axis] else super().placement

    @property
    def destination(self) -> Destination:
        """Where the result belongs in the source."""
        return tuple(
            replace(spot, where=(*spot.where[: self.axis], slice(0, self.length), *spot.where[self.axis + 1 :]))
            for spot in super().destination
        )

    def slice(self, number: int) -> Plane:
        """Return one of the planes."""
        index = (*self.source.index[: self.axis], number, *self.source.index[self.axis + 1 :])
        return self.source.at(index)

    def cases(self) -> Iterator[Request | None]:
        """Ask for each slice by itself, or for nothing where the mask marks nothing; runs in the worker."""
        size = self.size or self.task.working_size(classifier(self.model, self.device).size)
        for number in range(self.length):
            yield self._case(self.slice(number), size)

    def _case(self, plane: Plane, size: int) -> Request | None:
        names = ("task", "preset", "model", "device", "palette", "label", "features", "seed", "size")
        alone = Request(source=plane, **{name: getattr(self, name) for name in names})
        try:
            if self.mask is not None:
                corner = plane.data_to_world[:-1, -1]
                point = (*self.point[: -len(corner)], *corner)
                region = read_region(self.mask, plane, point, selected_only=self.selected_only)
                alone = replace(alone, region=region, _part=[])
            alone._part[:] = [astuple(choose_part(plane, alone.region, size))]
        except NothingThere:
            return None
        return alone

    def arrange(self, pictures: Array) -> Array:
        """Give slices (n, h, w[, C]) the axes of the source."""
        others = [axis for axis in range(len(self.source.index)) if axis != self.axis]
        return np.expand_dims(pictures, others)


def around(boxes: list[Box]) -> Box:
    """Return the smallest box that holds all of several."""
    lowest, highest = np.min(boxes, 0), np.max(boxes, 0)
    return int(lowest[0]), int(lowest[1]), int(highest[2]), int(highest[3])


def job_of(case: Request, pixels: Array, corner: tuple[int, int]) -> Job:
    """Make the job of a slice, of which ``pixels`` from ``corner`` on are read; runs in the worker."""
    part = case.part
    inside = part.moved(-corner[0], -corner[1])
    return case.job(pixels[inside.slices], case.marks())
