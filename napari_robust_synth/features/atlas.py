"""The atlas: one picture with a tile for every component of a model's representation."""

from __future__ import annotations

import base64
import filecmp
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_robust_synth.features.names import note_weights, weights_of
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.models.cards import WEIGHTS, model_hash
from napari_robust_synth.models.store import home_folder, models_folder, write_whole
from napari_robust_synth.models.zoo import BUNDLED

SHIPPED = Path(__file__).parent / "bundled.webp"
ATLAS = "atlas.webp"
DESCRIPTION = 0x010E  # Exif's ImageDescription
QUALITY = 85


@dataclass(frozen=True)
class Atlas:
    """What the components look like.

    Parameters
    ----------
    sha256 : str
        Hash of the weights they belong to; once it was that of the model, as recipes name it.
    tiles : array
        (N, t, t, 3) uint8, one for each component.
    signatures : array
        (N, K) int8, see `ranking.signatures`.
    """

    sha256: str
    tiles: NDArray[np.uint8]
    signatures: NDArray[np.int8]

    def write(self, path: Path) -> None:
        """Write a WebP picture whose description says what is in it."""
        n, side = self.tiles.shape[:2]
        columns = math.isqrt(n - 1) + 1
        grid = np.zeros((-(-n // columns) * columns, side, side, 3), np.uint8)
        grid[:n] = self.tiles
        picture = grid.reshape(-1, columns, side, side, 3).swapaxes(1, 2).reshape(-1, columns * side, 3)
        exif = Image.Exif()
        marks = base64.b64encode(self.signatures.tobytes()).decode()
        exif[DESCRIPTION] = json.dumps({"model": self.sha256, "tiles": n, "side": side, "signatures": marks})
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda file: Image.fromarray(picture).save(file, quality=QUALITY, method=6, exif=exif))

    @classmethod
    def read(cls, path: Path, sha256: str) -> Atlas:
        """Read the atlas of a model, or of one that has the same weights.

        Raises
        ------
        ValueError
            When it is damaged, or that of another model.
        """
        try:
            with Image.open(path, formats=("WEBP",)) as file:
                about = json.loads(file.getexif()[DESCRIPTION])
                if about["model"] != sha256 and weights_of(about["model"]) != weights_of(sha256):
                    raise ValueError(f"it belongs to the model {about['model'][:12]}, not to {sha256[:12]}")
                marks = np.frombuffer(base64.b64decode(about["signatures"], validate=True), np.int8)
                tiles = _tiles(np.asarray(file.convert("RGB")), about)
                return cls(about["model"], tiles, marks.reshape(len(tiles), -1))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} can't be read as an atlas: {error}") from None


def _tiles(picture: NDArray[np.uint8], about: dict[str, Any]) -> NDArray[np.uint8]:
    n, side = int(about["tiles"]), int(about["side"])
    rows, columns = (length // side for length in picture.shape[:2])
    tiles = picture.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
    if not 0 < n <= len(tiles):
        raise ValueError(f"it has room for {len(tiles)} tiles, but claims {n}")
    return tiles[:n]


def cache_folder(sha256: str) -> Path:
    """Return the folder of what is kept of a model's atlas while it is drawn."""
    return home_folder() / "atlases" / sha256[:16]


def atlas_path(entry: ZooEntry, sha256: str) -> Path:
    """Return where a model's atlas goes: its folder, when it is kept with ours; else the cache."""
    ours = entry.folder.parent == models_folder()
    return (entry.folder if ours else cache_folder(weights_of(sha256))) / ATLAS


def find_atlas(entry: ZooEntry, sha256: str) -> Atlas | None:
    """Return a model's atlas, the one that came with the package or one drawn here; None when there is none."""
    note_weights(sha256, entry.folder)
    _note_bundled(entry)
    drawn = sorted(cache_folder("").glob(f"*/{ATLAS}"))  # one may lie there under the hash it had with other seeds
    for path in (SHIPPED, atlas_path(entry, sha256), *drawn):
        try:
            return Atlas.read(path, sha256)
        except ValueError:  # not there, of other weights, or damaged: it can be drawn again
            continue
    return None


def _note_bundled(entry: ZooEntry) -> None:
    """Note the weights of the bundled model where a model has the same, such as one with seeds of its own."""
    bundled = ZOO[BUNDLED].folder
    try:
        same = bundled != entry.folder and filecmp.cmp(bundled / WEIGHTS, entry.folder / WEIGHTS, shallow=False)
    except OSError:
        return
    if same:
        note_weights(model_hash(bundled), bundled)
