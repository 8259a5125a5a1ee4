"""Pictures to train on: found, cropped, and served in a seeded order."""

from pathlib import Path

import pytest
import torch

from napari_robust_synth.training.data import centre_transform, folder, loader, training_transform


@pytest.mark.parametrize("transform", [training_transform(32, 0.6), centre_transform(32)])
def test_pictures_are_squares_in_zero_to_one(toy: Path, transform) -> None:
    pictures = folder(toy, "train", transform)
    x, y = pictures[0]
    assert len(pictures) == 24 and pictures.classes == ["n01", "n02"] and y == 0
    assert x.shape == (3, 32, 32) and x.dtype == torch.float32 and 0 <= x.min() < x.max() <= 1


def test_a_tree_without_parts_is_all_training(toy: Path) -> None:
    assert len(folder(toy / "val", "train", None)) == 8


@pytest.mark.parametrize("part", ["train", "val"])
def test_no_pictures(tmp_path: Path, part: str) -> None:
    with pytest.raises(ValueError, match="no class folders with pictures: expected"):
        folder(tmp_path, part, None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no class folders with pictures"):
        folder(tmp_path, part, None)


@pytest.mark.parametrize(("shuffle", "same"), [(True, False), (False, True)])
def test_the_seed_decides_the_order(toy: Path, shuffle: bool, same: bool) -> None:
    pictures = folder(toy, "train", centre_transform(32))
    orders = [
        torch.cat([y + x.mean((1, 2, 3)) for x, y in loader(pictures, 5, shuffle=shuffle, workers=0, seed=s)])
        for s in (0, 0, 1)
    ]
    assert torch.equal(orders[0], orders[1]) and torch.equal(orders[0], orders[2]) == same
    assert len(orders[0]) == (20 if shuffle else 24), "an odd last batch is left out of training alone"
