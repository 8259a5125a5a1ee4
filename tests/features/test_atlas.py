"""The atlas as a file: read as written, refused when it is another model's, found where it is kept."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth.features.atlas import SHIPPED, Atlas, atlas_path, find_atlas
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.models.cards import model_hash
from napari_robust_synth.models.store import models_folder

SHA = "a" * 64


@pytest.fixture
def atlas() -> Atlas:
    """Seven tiles of one colour each."""
    colours = np.linspace(0, 255, 21).reshape(7, 1, 1, 3)
    marks = np.arange(-7, 7, dtype=np.int8).reshape(7, 2)
    return Atlas(SHA, np.broadcast_to(colours, (7, 32, 32, 3)).astype(np.uint8), marks)


def test_read_as_written(atlas: Atlas, tmp_path: Path) -> None:
    atlas.write(tmp_path / "new" / "atlas.webp")
    again = Atlas.read(tmp_path / "new" / "atlas.webp", SHA)
    assert again.tiles.shape == atlas.tiles.shape and again.sha256 == SHA
    assert np.array_equal(again.signatures, atlas.signatures)
    centre = np.abs(again.tiles.astype(int) - atlas.tiles)[:, 8:24, 8:24]
    assert centre.max() < 12, "WebP is lossy, but no tile is another's"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["atlas.webp"]


def test_refused(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "atlas.webp"
    with pytest.raises(ValueError, match="can't be read as an atlas"):
        Atlas.read(path, SHA)
    atlas.write(path)
    with pytest.raises(ValueError, match="it belongs to the model aaaaaaaaaaaa, not to bbbbbbbbbbbb"):
        Atlas.read(path, "b" * 64)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match="can't be read as an atlas"):
        Atlas.read(path, SHA)
    Image.new("RGB", (64, 64)).save(path)
    with pytest.raises(ValueError, match="can't be read as an atlas"):
        Atlas.read(path, SHA)


def test_where_it_is_kept(atlas: Atlas, tmp_path: Path) -> None:
    ours, theirs = ZooEntry("ours"), ZooEntry("theirs", tmp_path / "theirs")
    assert atlas_path(ours, SHA) == models_folder() / "ours" / "atlas.webp"
    assert not atlas_path(theirs, SHA).is_relative_to(tmp_path / "theirs"), "a folder of the user's stays as it is"
    for entry in (ours, theirs):
        assert find_atlas(entry, SHA) is None
        atlas.write(atlas_path(entry, SHA))
        found = find_atlas(entry, SHA)
        assert found is not None and len(found.tiles) == 7
        assert find_atlas(entry, "b" * 64) is None


def test_the_bundled_model_has_one() -> None:
    sha256 = model_hash(ZOO["bundled"].folder)
    atlas = Atlas.read(SHIPPED, sha256)
    assert atlas.tiles.shape == (2048, 64, 64, 3) and atlas.signatures.shape == (2048, 32)
    assert atlas.tiles.std((1, 2, 3)).min() > 5, "a tile is empty"
    assert SHIPPED.stat().st_size < 3_500_000
    assert find_atlas(ZOO["bundled"], sha256) is not None
