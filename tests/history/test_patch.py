"""Patches lead from one picture to the other and back, to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_robust_synth.history.patch import Patch

from .arrays import edited, pictures, same_bits

SEEDS = st.integers(0, 2**32 - 1)


@settings(deadline=None, derandomize=True)
@given(pictures(), SEEDS)
def test_there_and_back(before: np.ndarray, seed: int) -> None:
    after = edited(before, seed)
    patch, picture = Patch.between(before, after), before.copy("K")
    for other in (after, before):
        patch.apply(picture)
        assert same_bits(picture, other)


@settings(deadline=None, derandomize=True)
@given(pictures(), SEEDS, SEEDS)
def test_two_patches_as_one(first: np.ndarray, one: int, other: int) -> None:
    second = edited(first, one)
    third = edited(second, other)
    joined = Patch.between(first, second).then(Patch.between(second, third))
    picture = first.copy("K")
    joined.apply(picture)
    assert same_bits(picture, third)
    assert joined.box == Patch.between(first, third).box, "what was changed back is not kept"


def test_only_what_changed_is_kept() -> None:
    before = np.zeros((100, 200, 3), np.uint16)
    after = before.copy()
    after[30:40, 50:70] = np.random.default_rng(0).integers(1, 2**16, (10, 20, 3))
    patch = Patch.between(before, after)
    assert patch.box == ((30, 40), (50, 70), (0, 3))
    assert patch.nbytes <= 10 * 20 * 3 * 2


def test_small_changes_of_wide_types_pack_well() -> None:
    random = np.random.default_rng(0)
    before = random.integers(0, 2**31, (50, 50), np.int32)
    patch = Patch.between(before, before ^ random.integers(0, 16, before.shape, np.int32))
    assert patch.packed and patch.nbytes < before.nbytes / 4


def test_what_does_not_pack_stays_as_it_is() -> None:
    before = np.zeros((50, 50), np.uint8)
    patch = Patch.between(before, np.random.default_rng(0).integers(0, 256, before.shape, np.uint8))
    assert not patch.packed and patch.nbytes <= before.nbytes


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (np.zeros((4, 6), np.uint8), r"\(4, 5\) uint8 and \(4, 6\) uint8, expected one shape and type"),
        (np.zeros((4, 5), np.int8), r"\(4, 5\) uint8 and \(4, 5\) int8, expected one shape and type"),
    ],
)
def test_pictures_of_two_kinds_are_refused(other: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Patch.between(np.zeros((4, 5), np.uint8), other)


def test_what_is_no_picture_is_refused() -> None:
    words = np.array([["a"]])
    with pytest.raises(ValueError, match="the picture has the type <U1, expected numbers"):
        Patch.between(words, words)
