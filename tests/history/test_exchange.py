"""Edits that change the size or type of a picture can be undone like others."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_robust_synth.history.budget import fit
from napari_robust_synth.history.edit import Edit
from napari_robust_synth.history.exchange import Exchange, between, joined
from napari_robust_synth.history.patch import Patch
from napari_robust_synth.history.tree import History

from .arrays import edited, pictures, same_bits


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(pictures(), min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2**32 - 1)), min_size=4, max_size=14),
    st.sampled_from([12_000, 40_000, 10**9]),
)
def test_all_that_is_left_comes_back(others: list[np.ndarray], acts: list[tuple[int, int]], budget: int) -> None:
    shown = others[0]
    history = History.begin(shown, Edit("original"))
    copies = {history.current: shown.copy()}
    for what, seed in acts:
        if what == 5:
            goal = list(history.entries)[seed % len(history.entries)]
            shown, history = history.picture(shown, goal), history.at(goal)
            continue
        after = others[seed % len(others)].copy() if what < 2 else edited(shown, seed)
        history = history.record(shown, shown, after, Edit("paint"))
        shown, copies[history.current] = after, after.copy()
        history = fit({0: history}, budget)[0].get(0, history)
    for number in history.entries:
        assert same_bits(history.picture(shown, number), copies[number])
    assert history.touched(shown).shape == shown.shape


@settings(max_examples=60, deadline=None, derandomize=True)
@given(pictures(), pictures(), pictures(), st.integers(0, 2**32 - 1))
def test_two_ways_are_one(one: np.ndarray, two: np.ndarray, three: np.ndarray, seed: int) -> None:
    for middle, last in ((two, three), (edited(one, seed), two), (two, edited(two, seed)), (two, edited(one, seed))):
        way = joined(between(one, middle), between(middle, last))
        assert same_bits(way.forth(one.copy()), last)
        assert same_bits(way.back(last.copy()), one)
        assert isinstance(way, Patch if (one.shape, one.dtype) == (last.shape, last.dtype) else Exchange)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(pictures(), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=6))
def test_what_edits_touched(start: np.ndarray, seeds: list[int]) -> None:
    shown, history = start, History.begin(start, Edit("original"))
    expected = np.zeros(start.shape, bool)
    for seed in seeds:
        after = edited(shown, seed)
        expected |= (bits(after) != bits(shown)).any(-1)
        history = history.record(shown, shown, after, Edit("paint"))
        shown = after
    np.testing.assert_array_equal(history.touched(shown), expected)
    assert history.merged(history.root).touched(shown).all() or len(history.entries) == 1


def bits(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture)[..., None].view(np.uint8)
