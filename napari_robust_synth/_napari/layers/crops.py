"""From marked regions to crops of pictures, class by class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.marks import Marks, Region
from napari_robust_synth._napari.layers.planes import Plane

OBJECTS, TILES = "around each object", "tiles inside each region"
NEEDED = 10
"""So many crops a class needs."""
MARGIN = 0.15
"""How much is shown around an object on each side, as a share of its longer side."""
SMALLEST, SIDE = 4, 16
"""Objects smaller than the one, in pixels, are specks; crops are no smaller than the other."""
INSIDE = 0.75
"""Share of a tile that must lie in its region."""


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture, in pixels."""

    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True)
class Cutting:
    """How crops are cut from regions: around each, or as tiles of ``side`` pixels inside each."""

    how: str = OBJECTS
    side: int = 64

    def boxes(self, region: Region, shape: tuple[int, int]) -> Iterator[Box]:
        """Yield the crops of a region of a picture."""
        if self.how == TILES:
            yield from tiles(region, self.side)
        elif max(region.mask.shape) >= SMALLEST:
            yield around(region, shape)


def around(region: Region, shape: tuple[int, int]) -> Box:
    """Return the square around a region with a margin, moved and cut to lie in the picture."""
    side = max(round(max(region.mask.shape) * (1 + 2 * MARGIN)), SIDE)
    height, width = min(side, shape[0]), min(side, shape[1])
    corner = (region.top, region.left)
    top, left = (
        min(max(first + (extent - length) // 2, 0), whole - length)
        for first, extent, length, whole in zip(corner, region.mask.shape, (height, width), shape, strict=True)
    )
    return Box(top, left, height, width)


def tiles(region: Region, side: int) -> Iterator[Box]:
    """Yield squares side by side, of which at least three quarters lie in the region."""
    rows, columns = region.mask.shape
    for top in range(0, rows - side + 1, side):
        for left in range(0, columns - side + 1, side):
            if region.mask[top : top + side, left : left + side].mean() >= INSIDE:
                yield Box(region.top + top, region.left + left, side, side)


def crops(picture: Plane, marks: Marks, cutting: Cutting) -> list[tuple[str, Box]]:
    """Return the crops of one picture, each with the key of its class."""
    shape = picture.shape
    return [(region.key, box) for region in marks.regions(picture) for box in cutting.boxes(region, shape)]


def counts(pictures: Iterable[Plane], marks: Marks, cutting: Cutting) -> dict[str, int]:
    """Count the crops of each class; the keys that are numbers come first, by size."""
    numbers: dict[str, int] = {}
    for picture in pictures:
        for region in marks.regions(picture):
            found = sum(1 for _ in cutting.boxes(region, picture.shape))
            numbers[region.key] = numbers.get(region.key, 0) + found
    return dict(sorted(numbers.items(), key=lambda item: (not item[0].isdigit(), item[0].zfill(20))))


def eight_bit(pixels: Array, limits: tuple[float, float] | None) -> Array:
    """Return what is seen as uint8, (H, W) or (H, W, 3): grey values between the contrast limits, or RGB as it is."""
    if limits is None:
        rgb: Array = pixels[..., :3]
        if rgb.dtype == np.uint8:
            return rgb
        limits = (0.0, 1.0 if rgb.dtype.kind == "f" else float(np.iinfo(rgb.dtype).max))
        pixels = rgb
    low, high = limits
    share = (np.nan_to_num(pixels.astype(np.float32), nan=low) - low) / max(high - low, 1e-12)
    seen: Array = np.rint(255 * share.clip(0, 1)).astype(np.uint8)
    return seen


def write_crops(
    folder: Path,
    pictures: Sequence[Plane],
    marks: Marks,
    cutting: Cutting,
    folders: Mapping[str, str],
    check: Callable[[], None],
) -> None:
    """Write the crops as a tree ``folder/CLASS/00001.png``.

    Parameters
    ----------
    folder : Path
        Where; made when it is not there.
    pictures, marks, cutting
        What to cut.
    folders : mapping of str to str
        The folder of each class, by key; other classes are left out.
    check : callable
        Called before each crop; may raise to end it.
    """
    number = 0
    for name in folders.values():
        (folder / name).mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        for key, box in crops(picture, marks, cutting):
            if key in folders:
                check()
                number += 1
                part = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
                image = Image.fromarray(eight_bit(picture.pixels(part), picture.limits))
                image.save(folder / folders[key] / f"{number:05}.png")
