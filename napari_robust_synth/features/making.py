"""Draw a model's atlas, piece by piece; what was drawn is kept, so that the next time goes on from there."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_robust_synth.features.atlas import Atlas, cache_folder
from napari_robust_synth.features.drawing import STEPS, TILE, Starts, cut, draw, find_starts
from napari_robust_synth.models import Classifier
from napari_robust_synth.models.store import write_whole

PIECE = 16
Tiles = NDArray[np.uint8]


@dataclass(frozen=True)
class Progress:
    """How many components of how many are drawn; of a piece, once, its first component and its tiles."""

    done: float
    of: int
    first: int = 0
    tiles: Tiles | None = None


def make_atlas(classifier: Classifier, out: Path) -> Generator[Progress | None, None, Atlas]:
    """Draw what is not drawn yet, write the atlas to ``out`` and return it.

    It may be dropped at any time: finished pieces are kept in `cache_folder`, and deleted when the atlas is written.

    Yields
    ------
    Progress or None
        Now and then; with tiles for each piece.

    Raises
    ------
    ValueError
        When the classifier has no hash to know its pieces by.
    """
    if not classifier.sha256:
        raise ValueError("the classifier has no sha256, expected one that was opened from a model folder")
    n, folder = classifier.n_features, cache_folder(classifier.sha256)
    folder.mkdir(parents=True, exist_ok=True)
    pieces = {range(k, min(k + PIECE, n)): folder / f"{k:05}.png" for k in range(0, n, PIECE)}
    atlas = np.zeros((n, TILE, TILE, 3), np.uint8)
    missing, done = [], 0.0
    for components, path in pieces.items():
        tiles = read_piece(path, len(components))
        if tiles is None:
            missing.append(components)
        else:
            atlas[components.start : components.stop] = tiles
            done += len(components)
            yield Progress(done, n, components.start, tiles)
    if missing:
        starts = yield from find_starts(classifier)
        for components in missing:
            tiles = yield from _draw(classifier, components, starts, done)
            strip = Image.fromarray(tiles.reshape(-1, TILE, 3))
            write_whole(pieces[components], strip.save)
            atlas[components.start : components.stop] = tiles
            done += len(components)
            yield Progress(done, n, components.start, tiles)
    whole = Atlas(classifier.sha256, atlas)
    whole.write(out)
    for path in pieces.values():
        path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return whole


def read_piece(path: Path, n: int) -> Tiles | None:
    """Read ``n`` tiles, (n, `TILE`, `TILE`, 3); None when they are not there, or damaged."""
    try:
        with Image.open(path, formats=("PNG",)) as file:
            return np.asarray(file).reshape(n, TILE, TILE, 3)
    except (OSError, SyntaxError, ValueError):
        return None


def _draw(classifier: Classifier, components: range, starts: Starts, done: float) -> Generator[Progress, None, Tiles]:
    for state in draw(classifier, components, starts):
        yield Progress(done + len(components) * state.step / (STEPS + 1), classifier.n_features)
    return cut(state.x)
