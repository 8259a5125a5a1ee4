"""A picture between full resolution and the classifier's scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Task

FINER = 4


@dataclass(frozen=True)
class Picture:
    """What a run works on, and how its change gets back.

    Parameters
    ----------
    source : array
        (H, W[, 1, 2, 3 or 4]), as given; of 2 or 4 channels the last is alpha.
    value_range : (float, float)
        Values of black and white.
    mask : array, optional
        (H, W) bool; None when everything may change.
    crop : Crop
        The part of the source that is worked on.
    region : array
        The mask within the crop, (h, w) bool.
    canvas : array
        What the change is added to: the crop as the task prepares it, or larger.
    shape : (int, int)
        (h, w) at the classifier's scale.
    soft_edge : bool
        Whether the change fades in from the mask's edge.
    """

    source: core.Array
    value_range: core.Range
    mask: core.Mask | None
    crop: core.Crop
    region: core.Mask
    canvas: core.Array
    shape: tuple[int, int]
    soft_edge: bool

    @classmethod
    def of(
        cls,
        task: Task,
        image: core.Array,
        mask: core.Array | None = None,
        *,
        size: int,
        value_range: core.Range | None = None,
    ) -> Picture:
        """Check image and mask, and lay out the part to work on.

        Raises
        ------
        ValueError
            When they can't be edited; see `core.check_image` and `core.check_mask`.
        """
        source = core.check_image(image)
        value_range = core.dtype_range(source, value_range)
        marked = None if mask is None else core.check_mask(mask, source.shape)
        crop = core.working_crop(source.shape[:2], marked, size)
        region = np.ones(crop.shape, bool) if marked is None else marked[crop.slices]
        canvas = task.canvas(source[crop.slices], region)
        shape = core.working_shape(canvas.shape[:2], size)
        return cls(source, value_range, marked, crop, region, canvas, shape, task.soft_edge)

    @property
    def scale(self) -> float:
        """What radii and step sizes for 224 px are multiplied by."""
        return float((self.shape[0] * self.shape[1]) ** 0.5 / 224)

    @property
    def enlarged(self) -> bool:
        """Whether the result is larger than the source."""
        return self.canvas.shape[:2] != self.crop.shape

    def pixels(self) -> Tensor:
        """Return the canvas at the classifier's scale, (1, 3, h, w) in [0, 1]."""
        return core.resample(core.to_tensor(self.canvas, self.value_range), self.shape)

    def marked(self) -> Tensor:
        """Return where pixels may change, (1, 1, h, w) in [0, 1]."""
        return core.resample(torch.from_numpy(self.region.astype(np.float32))[None, None], self.shape)

    def with_change(self, change: Tensor) -> core.Array:
        """Return the source with a change (1, 3, h, w) blended in: same dtype, outside the mask bit-identical."""
        canvas = (self.canvas.shape[0], self.canvas.shape[1])
        hard = self.mask is not None and not self.soft_edge
        fine = core.resample_inside(change, self.marked(), canvas) if hard else core.resample(change, canvas)
        weight = None
        if self.mask is not None:
            pixel = max(self.crop.shape) / max(self.shape)
            weight = core.soft_edge(self.region, 2 * pixel if self.soft_edge else 1)
        edited = core.add_change(self.canvas, core.to_array(fine)[0], self.value_range, weight)
        if self.enlarged:
            return edited
        out: core.Array = self.source.copy()
        out[self.crop.slices] = edited
        return out

    def carried(self, change: Tensor) -> Tensor:
        """Return what is seen of a change (N, 3, h, w) at the classifier's scale once the result has it.

        Follows gradients, and is exact up to canvases of four times the classifier's scale; beyond, nothing more is
        lost on the way.
        """
        height, width = (min(c, FINER * s) for c, s in zip(self.canvas.shape[:2], self.shape, strict=True))
        if core.colours(self.source).shape[2] == 1:
            change = change.mean(1, keepdim=True).expand(-1, 3, -1, -1)
        if self.mask is None:
            return core.resample(core.resample(change, (height, width)), self.shape)
        marked = self.marked().to(change.device)
        region = torch.from_numpy(self.region.astype(np.float32))[None, None].to(change.device)
        fine = core.resample_inside(change, marked, (height, width)) * core.resample(region, (height, width))
        return core.resample(fine, self.shape)

    def seen(self, result: core.Array) -> Tensor:
        """Return the part worked on of the source or a result, (1, 3, h, w) in [0, 1]."""
        part = result[self.crop.slices] if result.shape[:2] == self.source.shape[:2] else result
        return core.resample(core.to_tensor(part, self.value_range), self.shape)
