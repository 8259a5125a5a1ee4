"""Names and pictures of features stay when a model gets other seeds."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth.features import name_features, read_names
from napari_robust_synth.features.atlas import Atlas, atlas_path, cache_folder, find_atlas
from napari_robust_synth.features.names import names_path, note_weights, weights_of
from napari_robust_synth.models import ZOO, ZooEntry
from napari_robust_synth.models.cards import SEEDS, model_hash, weights_hash
from napari_robust_synth.models.store import models_folder


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "theirs"))


def other_seeds(folder: Path) -> str:
    """Give a model other seeds, and return its hash; only the bytes count here."""
    (folder / SEEDS).write_bytes((folder / SEEDS).read_bytes() + b"other")
    return model_hash(folder)


def noted(folder: Path) -> str:
    note_weights(model_hash(folder), folder)
    return model_hash(folder)


def test_names_of_another_version_are_taken_over(folder: Path) -> None:
    first = model_hash(folder)
    name_features(first, [7], "grass")
    assert names_path(first).exists(), "as it was before weights were noted"
    assert read_names(noted(folder)) == {(7,): "grass"}
    assert not names_path(first).exists() and names_path(weights_hash(folder)).exists()
    second = other_seeds(folder)
    assert read_names(noted(folder)) == {(7,): "grass"}
    assert name_features(second, [12], "sky") == {(7,): "grass", (12,): "sky"} == read_names(first)


def test_names_of_before_and_of_later(folder: Path) -> None:
    first = noted(folder)
    name_features(first, [7], "grass")
    names_path(first).write_text('{"7": "meadow", "8": "dots"}')
    assert read_names(first) == {(7,): "meadow", (8,): "dots"}
    assert name_features(first, [8], "") == {(7,): "meadow"} == read_names(first)
    assert not names_path(first).exists()


def test_what_is_not_so_is_not_noted(folder: Path, home: Path) -> None:
    first = model_hash(folder)
    other_seeds(folder)
    note_weights(first, folder)
    assert weights_of(first) == first, "the folder has changed meanwhile"
    (folder / SEEDS).unlink()
    assert weights_of(noted(folder)) == weights_hash(folder) and not home.exists()
    note_weights(first, folder / "gone")
    name_features(first, [7], "grass")
    names_path(first).with_suffix(".weights").write_text("damaged")
    assert weights_of(first) == first and read_names(first) == {(7,): "grass"}


def drawn(sha256: str) -> Atlas:
    return Atlas(sha256, np.full((4, 32, 32, 3), 90, np.uint8), np.zeros((4, 2), np.int8))


def test_an_atlas_stays(folder: Path, tiny_model_folder: Path) -> None:
    ours = ZooEntry("ours")
    shutil.copytree(tiny_model_folder, models_folder() / "ours")
    for entry in (ours, ZooEntry("theirs", folder)):
        first = model_hash(entry.folder)
        drawn(first).write(atlas_path(entry, first))
        note_weights(first, entry.folder)
        assert find_atlas(entry, other_seeds(entry.folder)) is not None
    assert atlas_path(ZooEntry("theirs", folder), first) == cache_folder(weights_hash(folder)) / "atlas.webp"


def test_an_atlas_of_the_weights(folder: Path) -> None:
    entry, first = ZooEntry("theirs", folder), noted(folder)
    drawn(weights_hash(folder)).write(atlas_path(entry, first))
    assert find_atlas(entry, first) is not None and find_atlas(entry, other_seeds(folder)) is not None
    (folder / "model.safetensors").write_bytes(b"other weights")
    assert find_atlas(entry, model_hash(folder)) is None


def test_the_bundled_model_with_other_seeds_has_its_atlas(tmp_path: Path) -> None:
    entry = ZooEntry("mine", Path(shutil.copytree(ZOO["bundled"].folder, tmp_path / "mine")))
    assert find_atlas(entry, other_seeds(entry.folder)) is not None
    (entry.folder / SEEDS).unlink()
    assert find_atlas(entry, model_hash(entry.folder)) is not None
