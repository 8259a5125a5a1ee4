"""Edits of a picture of 270 kB, each of which changes all of it."""

import numpy as np

from napari_robust_synth._napari.history.keeper import Keeper
from napari_robust_synth.history.edit import Edit

PICTURES = np.random.default_rng(0).integers(0, 256, (6, 300, 300, 3), np.uint8)
NAMES = ("first", "second", "third", "fourth", "fifth")


def edit(keeper: Keeper, first: int, last: int) -> None:
    for number in range(first, last):
        before, after = PICTURES[number], PICTURES[number + 1]
        keeper.record(keeper.viewer.layers["result"], before, after, Edit("paint", NAMES[number]))
