"""One part of a picture that is painted live: what it shows, whose each pixel is, how many steps it still gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_robust_synth import core
from napari_robust_synth.tasks.base import Regions
from napari_robust_synth.tasks.picture import Picture
from napari_robust_synth.tasks.targets import Targets


class Patch:
    """A working crop of a live painting.

    Parameters
    ----------
    picture : Picture
        The whole source.
    seen : array
        The crop of the picture as it is now, (h, w[, C]): what other patches have painted is in it.
    crop : Crop
        Where in the picture.
    size : int
        Working size.
    device : torch.device
        Where to compute.
    """

    def __init__(self, picture: Picture, seen: core.Array, crop: core.Crop, size: int, device: torch.device) -> None:
        self.crop, self.shape = crop, core.working_shape(crop.shape, size)
        self.labels: NDArray[np.int32] = np.zeros(crop.shape, np.int32)
        self.original, self.x = (
            core.resample(core.to_tensor(pixels, picture.value_range), self.shape).to(device)
            for pixels in (picture.source[crop.slices], seen)
        )
        self.start = self.x
        self.ids: tuple[int, ...] = ()
        self.owner: NDArray[np.int64] = np.zeros(self.shape, np.int64)
        self.left: NDArray[np.int32] = np.zeros(self.shape, np.int32)

    @classmethod
    def around(cls, box: core.Crop, picture: Picture, result: core.Array, size: int, device: torch.device) -> Patch:
        """Make a patch that holds a rectangle, with context; ``result`` is the whole picture as it is now."""
        crop = core.crop_around((result.shape[0], result.shape[1]), box, size)
        return cls(picture, result[crop.slices], crop, size, device)

    @property
    def scale(self) -> float:
        """What radii and step sizes for 224 px are multiplied by."""
        return float((self.shape[0] * self.shape[1]) ** 0.5 / 224)

    def holds(self, box: core.Crop) -> bool:
        """Return whether a rectangle of the picture lies wholly in this patch."""
        crop = self.crop
        rows = crop.top <= box.top and box.bottom <= crop.bottom
        return rows and crop.left <= box.left and box.right <= crop.right

    def put(self, box: core.Crop, labels: NDArray[Any]) -> bool:
        """Write the labels of a rectangle as far as it is in this patch, but for those below 0; say if that is news."""
        top, bottom = max(box.top, self.crop.top), min(box.bottom, self.crop.bottom)
        left, right = max(box.left, self.crop.left), min(box.right, self.crop.right)
        if top >= bottom or left >= right:
            return False
        own = self.labels[top - self.crop.top : bottom - self.crop.top, left - self.crop.left : right - self.crop.left]
        given = labels[top - box.top : bottom - box.top, left - box.left : right - box.left]
        news = bool(((given >= 0) & (given != own)).any())
        np.copyto(own, given.astype(np.int32), where=given >= 0)
        return news

    def share_out(self, ids: Sequence[int], steps: int) -> None:
        """Give pixels to the labels that now cover them: such a pixel starts from the original, with all its steps."""
        self.ids = tuple(ids)
        owned = core.owners(torch.from_numpy(self.labels.astype(np.int64)), ids, self.shape)
        labels = np.array([0, *ids])[owned.numpy()]
        new = labels != self.owner
        self.owner = labels
        self.left[new] = np.where(labels[new] > 0, steps, 0)
        self.x = torch.where(self._on_device(new), self.original, self.x)

    def wake(self, ids: Sequence[int], steps: int) -> None:
        """Give all their steps again to the pixels of labels."""
        self.left[np.isin(self.owner, ids)] = steps

    def moved(self, x: Tensor) -> None:
        """Take over what a step has made of the picture."""
        self.x, self.left = x, np.maximum(self.left - 1, 0)

    def regions(self, targets: Targets) -> Regions:
        """Return the pixels that have steps left, by label, and what those should become."""
        going = self.left > 0
        active: list[int] = np.unique(self.owner[going]).tolist()
        masks = torch.stack([self._on_device(going & (self.owner == label))[None] for label in active])
        there = {int(label): targets[int(label)] for label in np.unique(self.owner) if label > 0}
        also = tuple(str(target.label) for target in there.values() if not target.features)
        return Regions(masks, {label: there[label] for label in active}, also)

    def _on_device(self, mask: NDArray[np.bool_]) -> Tensor:
        return torch.from_numpy(mask).to(self.x.device)

    def preview(self) -> NDArray[np.uint8]:
        """Return what to show: (h, w, 4) uint8, clear where nothing is painted."""
        pixels = (self.x[0] * 255).round().byte().permute(1, 2, 0).cpu().numpy()
        return np.dstack([pixels, np.where(self.owner > 0, 255, 0).astype(np.uint8)])

    def onto(self, picture: Picture, result: core.Array) -> core.Array:
        """Return ``result`` with what this patch has painted; everything else in it stays to the last bit."""
        painted = np.isin(self.labels, self.ids)
        if not painted.any():
            return result
        mask = np.zeros(result.shape[:2], bool)
        mask[self.crop.slices] = painted
        canvas = result[self.crop.slices].copy()
        canvas[painted] = picture.source[self.crop.slices][painted]
        own = Picture(result, picture.value_range, mask, self.crop, painted, canvas, self.shape, True)
        return own.with_change(((self.x - self.original) * self._on_device(self.owner > 0)).cpu())
