"""Frames as an animated picture: PNG, GIF or TIFF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth.models.store import write_whole

SUFFIXES = (".png", ".gif", ".tif", ".tiff")
PER_SECOND = 15

Frames = NDArray[np.uint8]
Tick = Callable[[], None]


@dataclass(frozen=True)
class _Ticking:
    """Frames that are made when they are asked for, as often as they are, with a tick before each."""

    frames: Frames
    tick: Tick
    make: Callable[[Frames], Any]

    def __iter__(self) -> Iterator[Any]:
        for frame in self.frames:
            self.tick()
            yield self.make(frame)


def write_animation(frames: Frames, path: Path, *, per_second: float = PER_SECOND, tick: Tick = lambda: None) -> None:
    """Write frames as a file that moves: whole, or not at all.

    PNG and TIFF keep every pixel, GIF 256 colours a frame and no half-clear ones. TIFF opens as a time series.

    Parameters
    ----------
    frames : array
        (T, H, W, 3 or 4) uint8, at least one.
    path : Path
        Ends in .png, .gif, .tif or .tiff.
    per_second : float
        How fast it moves.
    tick : callable
        Called now and then; what it raises ends the writing.

    Raises
    ------
    ValueError
        When the name ends otherwise, or the file can't be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"the file is {path.name!r}, expected a name that ends in .png, .gif or .tif")
    try:
        write = _write_tiff if suffix.startswith(".tif") else _write_picture
        write_whole(path, lambda part: write(frames, part, per_second, tick))
    except OSError as error:
        raise ValueError(f"{path} can't be written ({error.strerror or error}): choose another place") from None


def _write_picture(frames: Frames, path: Path, per_second: float, tick: Tick) -> None:
    from PIL import Image

    first: Image.Image = Image.fromarray(frames[0])
    rest: Any = _Ticking(frames[1:], tick, Image.fromarray)  # a PNG's frames are gone through twice
    with path.open("wb") as file:
        first.save(file, path.suffix[1:].upper(), save_all=True, append_images=rest, duration=1000 / per_second, loop=0)


def _write_tiff(frames: Frames, path: Path, per_second: float, tick: Tick) -> None:
    from tifffile import TiffWriter

    with TiffWriter(path) as file:
        file.write(
            iter(_Ticking(frames, tick, np.asarray)),
            shape=frames.shape,
            dtype=frames.dtype,
            photometric="rgb",
            extrasamples=["unassalpha"] if frames.shape[-1] == 4 else None,
            compression="zlib",
            metadata={"axes": "TYXS", "fps": per_second},
        )
