"""Stacks of pictures in TIFF files, read and written without losing a bit."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from napari_robust_synth.pictures.decode import Array
from napari_robust_synth.pictures.embedded import as_text, tiff_options
from napari_robust_synth.tasks.recipes import Recipes

SUFFIXES = (".tif", ".tiff")
MAX_VALUES = 2**31
"""So many values a stack that is read here may have."""


def check_stack_suffix(path: Path) -> None:
    """Refuse a file name that is not that of a TIFF."""
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{path} has the type {path.suffix!r}, but a stack of pictures is written as .tif")


def encode_stack(path: Path, pixels: Array, rgb: bool, recipes: Recipes | None = None) -> bytes:
    """Return the bytes of a TIFF with a stack (..., H, W[, C]), with C if ``rgb``, and with recipes inside."""
    check_stack_suffix(path)
    stream = io.BytesIO()
    text: dict[str, Any] = {} if recipes is None else tiff_options(as_text(recipes, path.name))
    tifffile.imwrite(
        stream,
        pixels,
        photometric="rgb" if rgb and pixels.shape[-1] > 2 else "minisblack",
        planarconfig="contig" if rgb else None,
        extrasamples=["unassalpha"] if rgb and pixels.shape[-1] in (2, 4) else None,
        compression="zlib",
        bigtiff=pixels.nbytes > 2**31,
        **text,
    )
    return stream.getvalue()


def read_stack(path: Path) -> tuple[Array, bool]:
    """Read a TIFF with a stack (..., H, W[, C]), and say whether the last axis is that of the channels.

    Raises
    ------
    ValueError
        When it is missing, damaged, or no TIFF.
    """
    check_stack_suffix(path)
    try:
        with tifffile.TiffFile(path) as file:
            series = file.series[0]
            if math.prod(series.shape) > MAX_VALUES:
                raise ValueError(f"it has {math.prod(series.shape):,} values, expected at most {MAX_VALUES:,}")
            pixels, rgb = series.asarray(), series.keyframe.samplesperpixel > 1 and series.axes[-1] == "S"
    except FileNotFoundError:
        raise ValueError(f"{path}: no such file") from None
    except MemoryError:
        raise
    except Exception as error:  # damaged files raise all kinds
        raise ValueError(f"{path} can't be read: {error or type(error).__name__}") from None
    return np.ascontiguousarray(pixels, pixels.dtype.newbyteorder("=")), rgb
