"""Picture files of any kind as 8-bit RGB."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageOps, UnidentifiedImageError

from napari_robust_synth.core.images import Array, check_image, dtype_range, to_tensor

TIFF = (".tif", ".tiff")


def read_picture(path: Path, side: int | None = None) -> Image.Image:
    """Read a picture as 8-bit RGB, upright; deeper pixels are scaled by their type's range.

    Parameters
    ----------
    path : Path
        A file that Pillow or tifffile reads; of several pages, the first.
    side : int, optional
        A large JPEG may be decoded smaller, but no side below this many pixels.

    Raises
    ------
    ValueError
        When it is missing, damaged or no picture.
    """
    try:
        return _read(path, side)
    except UnidentifiedImageError:
        raise ValueError(f"{path} is not a picture we can read") from None
    except MemoryError:
        raise
    except Exception as error:  # damaged files raise all kinds
        raise ValueError(f"{path} can't be read: {error or type(error).__name__}") from None


def _read(path: Path, side: int | None) -> Image.Image:
    try:
        file = Image.open(path)
    except UnidentifiedImageError:
        if path.suffix.lower() not in TIFF:
            raise
        return _eight_bit(tifffile.imread(path, key=0))
    with file:
        if side is not None:
            file.draft("RGB", (side, side))
        image = ImageOps.exif_transpose(file)
    if image.mode.startswith(("I", "F")):
        return _eight_bit(np.asarray(image))
    return image.convert("RGBA").convert("RGB") if image.mode in ("P", "PA") else image.convert("RGB")


def _eight_bit(pixels: Array) -> Image.Image:
    image = check_image(pixels)
    x = to_tensor(image, dtype_range(image))[0]
    return Image.fromarray((x * 255).round().byte().permute(1, 2, 0).numpy())
