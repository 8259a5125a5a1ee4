"""What a live painting shows: the parts painted, put together where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from napari_robust_synth import core

MOST_PIXELS = 2**20  # sent to the graphics card with every frame


def grid(crop: core.Crop) -> tuple[int, int]:
    """Return how many pixels a part is shown with: those of its crop, or fewer where these are too many."""
    height, width = crop.shape
    factor = min((MOST_PIXELS / (height * width)) ** 0.5, 1.0)
    return max(int(factor * height), 1), max(int(factor * width), 1)


def laid_on(picture: NDArray[np.uint8], crop: core.Crop) -> NDArray[np.uint8]:
    """Resize a part (h, w, 4) to the `grid` of its crop (H, W, 4), with a hard edge; call it in a worker."""
    height, width = grid(crop)
    colour = Image.fromarray(picture[..., :3]).resize((width, height), Image.Resampling.BILINEAR)
    alpha = Image.fromarray(picture[..., 3]).resize((width, height), Image.Resampling.NEAREST)
    return np.dstack([np.asarray(colour), np.asarray(alpha)])


class Sheet:
    """One picture of neighbouring parts, on the pixels of the source; it grows with them.

    A part that is shown with fewer pixels has one of its own.

    Parameters
    ----------
    crop : Crop
        Where the first part lies.
    within : (int, int)
        Height and width of what is painted on: it grows ahead in there, since each time costs the window a few frames.
    """

    def __init__(self, crop: core.Crop, within: tuple[int, int]) -> None:
        self._within, self._used = within, crop
        self.box = self._ahead(crop)
        self.pixels: NDArray[np.uint8] = np.zeros((*grid(self.box), 4), np.uint8)
        self._painter: NDArray[np.int32] = np.full(grid(self.box), -1, np.int32)  # the part that painted a pixel last
        self._parts: dict[object, int] = {}

    def takes(self, crop: core.Crop) -> bool:
        """Return whether a part fits on it without making it too large."""
        box = self._used.union(crop)
        return grid(box) == box.shape

    def put(self, part: object, crop: core.Crop, picture: NDArray[np.uint8]) -> None:
        """Show a part (H, W, 4) on its crop: where it is clear, it wipes out what it has shown there before."""
        self._grow(crop)
        number = self._parts.setdefault(part, len(self._parts))
        here = (slice(None),) * 2 if crop == self.box else crop.moved(-self.box.top, -self.box.left).slices
        painter, pixels = self._painter[here], self.pixels[here]
        seen, free = picture[..., 3] > 0, (painter == number) | (painter == -1)
        np.copyto(painter, -1, where=free)
        np.copyto(painter, number, where=seen)
        # colour where it is clear, too: black would be a dark edge; whole pixels are ten times as quick as channels
        np.copyto(pixels.view(np.uint32), picture.view(np.uint32), where=(free | seen)[..., None])

    def _grow(self, crop: core.Crop) -> None:
        used, self._used = self._used, self._used.union(crop)
        if self._used.union(self.box) == self.box:
            return
        box = self._ahead(self._used)
        pixels, painter = np.zeros((*box.shape, 4), np.uint8), np.full(box.shape, -1, np.int32)
        there, here = (used.moved(-b.top, -b.left).slices for b in (box, self.box))
        pixels[there], painter[there] = self.pixels[here], self._painter[here]
        self.box, self.pixels, self._painter = box, pixels, painter

    def _ahead(self, box: core.Crop) -> core.Crop:
        """Return a larger box, or the same where that would be too large."""
        (down, right), (height, width) = (side // 4 for side in box.shape), self._within
        top, left = max(box.top - down, 0), max(box.left - right, 0)
        larger = type(box)(top, left, min(box.bottom + down, height), min(box.right + right, width))
        return larger if grid(larger) == larger.shape else box
