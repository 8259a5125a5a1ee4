"""Arrays to picture files, refusing what a format can't hold."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from napari_robust_synth.pictures.embedded import as_text, png_options, tiff_options
from napari_robust_synth.tasks.recipes import Recipes

Array = NDArray[Any]
# Suffix -> (format, types it holds of each of KINDS, longest side).
FORMATS = {
    ".png": ("PNG", "bool uint8 uint16", "uint8", "uint8", "uint8", 2**31 - 1),
    ".jpg": ("JPEG", "uint8", "", "uint8", "", 65_535),
    ".webp": ("WebP", "", "", "uint8", "uint8", 16_383),
    ".bmp": ("BMP", "uint8", "", "uint8", "", 65_535),
    ".tif": ("TIFF", "", "", "", "", 2**31 - 1),
}
FORMATS |= {".jpeg": FORMATS[".jpg"], ".tiff": FORMATS[".tif"]}
OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WebP": {"lossless": True, "exact": True},
}
KINDS = ("grey", "grey+alpha", "RGB", "RGBA")


def check_suffix(path: Path) -> None:
    """Refuse a file name that does not say which format to write."""
    if path.suffix.lower() not in FORMATS:
        raise ValueError(f"{path} has the type {path.suffix!r}, expected one of {', '.join(FORMATS)}")


def check_format(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Refuse a format that can't hold pixels of this type and shape as they are."""
    check_suffix(path)
    name, *types, longest = FORMATS[path.suffix.lower()]
    kind = (shape[2] if len(shape) == 3 else 1) - 1
    if name != "TIFF" and dtype.name not in str(types[kind]).split():
        raise ValueError(f"{name} can't hold a {dtype.name} {KINDS[kind]} picture as it is: write {path.stem}.tif")
    if max(shape[:2]) > int(longest):
        raise ValueError(f"{name} holds at most {longest} px a side, but the result has {max(shape[:2])}")


def is_lossy(path: Path) -> bool:
    """Return whether pixels change when they are written there."""
    return FORMATS[path.suffix.lower()][0] == "JPEG"


def encode(path: Path, pixels: Array, icc: bytes | None = None, recipes: Recipes | None = None) -> bytes:
    """Return the bytes of the file ``path`` with these pixels, (H, W[, 1, 2, 3 or 4]).

    A PNG or TIFF carries the recipes, too; other formats do not.
    """
    check_format(path, pixels.dtype, pixels.shape)
    name = str(FORMATS[path.suffix.lower()][0])
    stream = io.BytesIO()
    text = None if recipes is None else as_text(recipes, path.name)
    if name == "TIFF":
        channels = pixels.shape[2] if pixels.ndim == 3 else 1
        tifffile.imwrite(
            stream,
            pixels,
            photometric="rgb" if channels > 2 else "minisblack",
            planarconfig="contig" if channels > 1 else None,
            extrasamples=["unassalpha"] if channels in (2, 4) else None,
            compression="zlib",
            iccprofile=icc,
            **({} if text is None else tiff_options(text)),
        )
    else:
        image = Image.fromarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels)
        options = png_options(text) if text is not None and name == "PNG" else OPTIONS.get(name, {})
        image.save(stream, name, icc_profile=icc, **options)
    return stream.getvalue()
