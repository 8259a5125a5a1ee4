"""Draw a model's atlas, piece by piece; what was drawn is kept, so that the next time goes on from there."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth.features.atlas import Atlas, cache_folder
from napari_robust_synth.features.drawing import STEPS, TILE, Starts, answers, cut, draw, find_starts
from napari_robust_synth.features.names import weights_of
from napari_robust_synth.features.ranking import signatures
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


@dataclass(frozen=True)
class Piece:
    """Some tiles, (n, `TILE`, `TILE`, 3) uint8, and what all components answer to each, (n, C) float16."""

    tiles: Tiles
    answers: NDArray[np.float16]

    def write(self, path: Path) -> None:
        """Keep it for the next time."""
        write_whole(path, lambda file: np.savez(file, tiles=self.tiles, answers=self.answers))

    @classmethod
    def read(cls, path: Path, n: int, components: int) -> Piece | None:
        """Read ``n`` tiles; None when they are not there, or damaged."""
        try:
            with np.load(path, allow_pickle=False) as file:
                tiles = file["tiles"].astype(np.uint8).reshape(n, TILE, TILE, 3)
                return cls(tiles, file["answers"].astype(np.float16).reshape(n, components))
        except (OSError, KeyError, ValueError, EOFError, BadZipFile):
            return None


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
    paths = {range(k, min(k + PIECE, n)): folder / f"{k:05}.npz" for k in range(0, n, PIECE)}
    pieces: dict[range, Piece] = {}
    for components, path in paths.items():
        piece = Piece.read(path, len(components), n)
        if piece is not None:
            pieces[components] = piece
            yield Progress(sum(map(len, pieces)), n, components.start, piece.tiles)
    missing = [components for components in paths if components not in pieces]
    if missing:
        starts = yield from find_starts(classifier)
        for components in missing:
            done = sum(map(len, pieces))
            pieces[components] = piece = yield from _draw(classifier, components, starts, done)
            piece.write(paths[components])
            yield Progress(done + len(components), n, components.start, piece.tiles)
    atlas = _assemble(weights_of(classifier.sha256), [pieces[components] for components in paths])
    atlas.write(out)
    for path in paths.values():
        path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return atlas


def _draw(classifier: Classifier, components: range, starts: Starts, done: float) -> Generator[Progress, None, Piece]:
    for state in draw(classifier, components, starts):
        yield Progress(done + len(components) * state.step / (STEPS + 1), classifier.n_features)
    return Piece(cut(state.x), answers(classifier, state.x).numpy().astype(np.float16))


def _assemble(sha256: str, pieces: list[Piece]) -> Atlas:
    every = np.concatenate([piece.answers for piece in pieces])
    return Atlas(sha256, np.concatenate([piece.tiles for piece in pieces]), signatures(every))
