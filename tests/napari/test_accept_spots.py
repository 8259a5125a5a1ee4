"""A place in the data of a layer: only what a mask says is written there, and comes back to the bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from napari.layers import Image

from napari_robust_synth._napari.layers.destination import refusal, written
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.tree import History

DTYPES = ("?", "u1", "i1", "<u2", ">u2", "<i4", "<i8", "<f2", "<f4", ">f4", "<f8")


def noise(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    """Any bytes at all, NaN among floats."""
    random, kind = np.random.default_rng(seed), np.dtype(dtype)
    if kind.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    return np.frombuffer(random.bytes(int(np.prod(shape)) * kind.itemsize), kind).reshape(shape).copy()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    dtype=st.sampled_from(DTYPES),
    rgb=st.booleans(),
    order=st.sampled_from("CF"),
    acts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**32 - 1)), min_size=1, max_size=12),
)
def test_parts_of_a_stack_come_back(dtype: str, rgb: bool, order: str, acts: list[tuple[int, int]]) -> None:
    shape = (2, 3, 14, 18, 3) if rgb else (2, 3, 14, 18)
    start = np.array(noise(shape, dtype), order=order)
    layer = Image(np.zeros(shape, np.uint8), rgb=rgb)
    shown, history = start, History.begin(start, Edit("original"))
    copies = {history.current: start.copy()}
    for what, seed in acts:
        if what == 0:
            goal = list(history.entries)[seed % len(history.entries)]
            shown, history = history.picture(shown, goal), history.at(goal)
            continue
        random = np.random.default_rng(seed)
        index = tuple(int(random.integers(0, n)) for n in shape[:2])
        top, left = int(random.integers(0, 10)), int(random.integers(0, 12))
        (spot,) = read_plane(layer, World((*index, 0, 0))).spots((top, left, top + 4, left + 6))
        result = noise(shown[spot.where].shape, dtype, seed)
        where = random.random(result.shape) < 0.5
        after = written((spot,), layer, shown, result, where)
        outside = np.ones(shape, bool)
        outside[spot.where][where] = False
        assert after[outside].tobytes() == shown[outside].tobytes(), "nothing else changes"
        assert after[spot.where][where].tobytes() == result[where].tobytes()
        history = history.record(shown, shown, after, Edit("accepted"))
        shown, copies[history.current] = after, after.copy()
    for number in history.entries:
        back = history.picture(shown, number)
        assert (back.dtype, back.tobytes()) == (start.dtype, copies[number].tobytes())


def test_refusals_are_one_line() -> None:
    layer = Image(np.zeros((20, 20), np.uint8), name="small")
    spots = read_plane(layer, World((0, 0))).spots((0, 0, 20, 20))
    assert refusal(spots, np.zeros((20, 20), np.uint8)) == ""
    for other in (np.zeros((40, 40), np.uint8), np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20), np.float32)):
        line = refusal(spots, other)
        assert "the result " in line and "'small'" in line and "\n" not in line
