"""Picture files to arrays, as they are meant to be seen and without losing a bit."""

from __future__ import annotations

import hashlib
import io
import logging
import math
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

Array = NDArray[Any]
MAX_PIXELS = 100_000_000
FORMATS = ("PNG", "TIFF", "JPEG", "WEBP", "BMP")
TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
GREY_ALPHA = 4
PREMULTIPLIED, STRAIGHT = 1, 2
# Exif orientation -> step over the rows, step over the columns, after swapping both.
TURNS = {
    2: (1, -1, False),
    3: (-1, -1, False),
    4: (-1, 1, False),
    5: (1, 1, True),
    6: (1, -1, True),
    7: (-1, -1, True),
    8: (-1, 1, True),
}

logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # it logs what we raise


@dataclass(frozen=True)
class Picture:
    """A picture: (H, W[, 2, 3 or 4]), its colour profile, its file's hash; of a slice or part, which."""

    path: Path
    pixels: Array
    sha256: str
    icc: bytes | None = None
    part: tuple[int, ...] | None = None
    index: tuple[Any, ...] = ()


def read(path: Path) -> Picture:
    """Read a picture file.

    Raises
    ------
    ValueError
        When it is missing, damaged, or can't be read without loss.
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder, expected a picture file")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"{path}: no such file") from None
    except OSError as error:
        raise ValueError(f"{path} can't be read ({error.strerror})") from None
    pixels, icc = decode(data, str(path))
    return Picture(path, pixels, hashlib.sha256(data).hexdigest(), icc)


def decode(data: bytes, name: str) -> tuple[Array, bytes | None]:
    """Decode a file's bytes into pixels and a colour profile; ``name`` is what errors call it."""
    try:
        return _tiff(data) if data[:4] in TIFF_MAGIC else _pillow(data)
    except UnidentifiedImageError:
        raise ValueError(f"{name} is not a picture we can read: expected PNG, TIFF, JPEG, WebP or BMP") from None
    except MemoryError:
        raise
    except Exception as error:  # damaged files raise all kinds
        raise ValueError(f"{name} can't be read: {error or type(error).__name__}") from None


def _pillow(data: bytes) -> tuple[Array, bytes | None]:
    deep = data[:8] == PNG_MAGIC and struct.unpack(">BB", data[24:26])
    if deep and deep[0] == 16 and deep[1] != 0:
        kind = "grey+alpha" if deep[1] == GREY_ALPHA else "colour"
        raise ValueError(f"it is a 16-bit {kind} PNG, which would be cut to 8 bits: convert it to TIFF")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=FORMATS) as file:
            _check_size(file.width * file.height)
            if getattr(file, "n_frames", 1) > 1 and file.format != "MPO":  # a JPEG whose previews follow it
                raise ValueError("it holds several pictures, expected one")
            icc = file.info.get("icc_profile")
            image = ImageOps.exif_transpose(file)
    if image.mode in ("CMYK", "LAB", "YCbCr", "HSV", "RGBa", "La"):
        raise ValueError(f"its colours are {image.mode}: convert it to RGB")
    clear = image.info.get("transparency")
    if image.mode == "PA" or (clear is not None and image.mode in ("P", "RGB")):
        image = image.convert("RGBA")
    elif image.mode in ("P", "RGBX"):
        image = image.convert("RGB")
    pixels = np.asarray(image)
    if deep and deep[0] == 16:
        pixels = pixels.astype(np.uint16)
    return _with_alpha(pixels, clear, deep[0]) if deep and clear is not None and pixels.ndim == 2 else pixels, icc


def _with_alpha(grey: Array, clear: int, bits: int) -> Array:
    """Return (H, W, 2): one grey of a PNG, as its file has it, is transparent."""
    if bits == 1:
        grey, clear = grey.astype(np.uint8) * 255, min(clear, 1) * 255
    elif bits < 8:
        clear *= 255 // (2**bits - 1)  # Pillow spreads the pixels, but not this one
    white = np.iinfo(grey.dtype).max
    return np.stack([grey, np.where(grey == clear, 0, white).astype(grey.dtype)], 2)


def _tiff(data: bytes) -> tuple[Array, bytes | None]:
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        series, page = file.series[0], file.series[0].keyframe
        _check_size(math.prod(series.shape) // page.samplesperpixel)
        if PREMULTIPLIED in page.extrasamples:
            raise ValueError("its colours are multiplied with its alpha: save it with straight alpha")
        try:
            if page.photometric not in (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.RGB):
                raise ValueError(f"its colours are {tifffile.PHOTOMETRIC(page.photometric).name}, expected grey or RGB")
            pixels, axes = series.asarray(), series.axes
        except ValueError as error:
            if page.bitspersample != 8:
                raise ValueError(f"{error}; save it uncompressed, as grey or RGB") from None
            return _pillow(data)
        icc, turn = page.iccprofile, page.tags.valueof("Orientation", 1)
    if axes == "SYX":
        pixels, axes = np.moveaxis(pixels, 0, -1), "YXS"
    if pixels.ndim > 2 and axes.endswith("YX"):
        raise ValueError(f"it has the shape {pixels.shape}, expected one grey, RGB or RGBA picture")
    if axes == "YXS" and pixels.shape[2] == 2 and page.extrasamples != (STRAIGHT,):
        raise ValueError("it has 2 channels, the second no alpha, expected grey, RGB or RGBA: save one channel")
    rows, columns, swap = TURNS.get(turn, (1, 1, False))
    pixels = (pixels.swapaxes(0, 1) if swap else pixels)[::rows, ::columns]
    return np.ascontiguousarray(pixels, pixels.dtype.newbyteorder("=")), icc


def _check_size(pixels: int) -> None:
    if pixels > MAX_PIXELS:
        raise ValueError(f"it has {pixels:,} pixels, expected at most {MAX_PIXELS:,}")
