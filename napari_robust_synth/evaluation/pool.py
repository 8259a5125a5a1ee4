"""The pictures a report is made of: drawn with a seed, class by class in turn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 224
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Example:
    """A picture (S, S, 3) uint8 and the name of its class."""

    pixels: Pixels
    label: str


@dataclass(frozen=True)
class Pool:
    """Picture files, the class of each, and how a file is read.

    Parameters
    ----------
    root : Path
        The folder all files lie in.
    files : tuple of Path
        The pictures.
    labels : tuple of str
        Their classes.
    read : callable
        Opens a file as an RGB picture; raises ValueError when it can't.
    """

    root: Path
    files: tuple[Path, ...]
    labels: tuple[str, ...]
    read: Callable[[Path], Image.Image] = field(repr=False)

    def __len__(self) -> int:
        return len(self.files)

    def of(self, classes: Sequence[str]) -> Pool:
        """Return the pictures of some classes."""
        chosen = [i for i, label in enumerate(self.labels) if label in set(classes)]
        return Pool(self.root, tuple(self.files[i] for i in chosen), tuple(self.labels[i] for i in chosen), self.read)

    def order(self, seed: int) -> list[int]:
        """Return the numbers of all pictures in the order they are drawn in: a picture of each class, then again."""
        rng = np.random.default_rng(seed)
        shuffled = rng.permutation(len(self.files))
        turn: dict[str, int] = {}
        places: list[tuple[int, int, int]] = []
        for i in shuffled.tolist():
            label = self.labels[i]
            turn[label] = turn.get(label, -1) + 1
            places.append((turn[label], len(places), i))
        return [i for _, _, i in sorted(places)]

    def draw(self, n: int, seed: int, side: int = SIDE) -> list[Example]:
        """Draw ``n`` pictures, fewer when there are no more; what can't be read is passed over."""
        found: list[Example] = []
        for i in self.order(seed):
            if len(found) == n:
                break
            try:
                found.append(Example(square(self.read(self.files[i]), side), self.labels[i]))
            except ValueError:
                continue
        return found

    def fingerprint(self) -> str:
        """Return a hash of which files are of which class, and of their sizes."""
        lines = [
            f"{label} {file.relative_to(self.root).as_posix()} {file.stat().st_size}"
            for label, file in zip(self.labels, self.files, strict=True)
        ]
        return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def square(image: Image.Image, side: int) -> Pixels:
    """Return the central square of a picture as (side, side, 3) uint8."""
    short = min(image.size)
    left, top = ((length - short) // 2 for length in image.size)
    cut = image.crop((left, top, left + short, top + short))
    return np.asarray(cut.resize((side, side), Image.Resampling.BICUBIC))
