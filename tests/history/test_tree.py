"""Undo, redo, branches: every picture that is not forgotten comes back to the bit, within the budget."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_robust_synth.history.budget import fit
from napari_robust_synth.history.edit import Edit, read_recipe, thumbnail
from napari_robust_synth.history.tree import ELSEWHERE, History
from napari_robust_synth.tasks.recipe import pixel_hash

from .arrays import edited, held_bytes, laid_out, noise, pictures, same_bits

RUN, UNDO, REDO, GO, FOREIGN = "run", "undo", "redo", "go", "foreign"
ACTIONS = st.lists(
    st.tuples(st.sampled_from([RUN] * 6 + [UNDO, UNDO, REDO, GO, FOREIGN]), st.integers(0, 2**32 - 1)),
    min_size=20,
    max_size=70,
)


class Window:
    """What a window does with histories: two pictures, each with the one that is shown, and copies to compare with."""

    def __init__(self, starts: list[np.ndarray], budget: int) -> None:
        self.budget = budget
        self.shown = dict(enumerate(starts))
        self.copies: dict[int, np.ndarray] = {}
        self.histories: dict[int, History] = {}
        for key, picture in self.shown.items():
            self.keep({**self.histories, key: History.begin(picture, Edit("original"))})
            if key in self.histories:
                self.copies[self.histories[key].current] = picture.copy()

    def keep(self, histories: dict[int, History]) -> None:
        self.histories, gone = fit(histories, self.budget)
        entries = {n for history in histories.values() for n in history.entries}
        left = {n for history in self.histories.values() for n in history.entries}
        assert sorted(entry.number for _, entry in gone) == sorted(entries - left), "the user is told of each"
        assert sum(history.nbytes for history in self.histories.values()) <= self.budget
        assert held_bytes(self.histories) <= self.budget + 1000, "what Python counts, less the dictionary itself"

    def act(self, key: int, action: str, seed: int) -> None:
        history = self.histories[key]
        if action in (RUN, FOREIGN):
            before = self.shown[key] if action == RUN else edited(self.shown[key], seed + 1)
            after = edited(before, seed)
            recipe = {"task": "paint", "seed": seed, "mask": "x" * (seed % 500)}
            recorded = history.record(self.shown[key], before, after, Edit("paint", "church", recipe))
            new = [n for n in recorded.entries if n not in history.entries]
            assert len(new) == 1 + (action == FOREIGN and history.find(pixel_hash(before)) is None)
            for number, picture in zip(new[::-1], (after, before), strict=False):
                self.copies[number] = picture.copy()
            self.keep({**self.histories, key: recorded})
            self.shown[key] = after
        else:
            choices = {UNDO: history.undo, REDO: history.redo, GO: list(history.entries)[seed % len(history.entries)]}
            wanted = choices[action]
            if wanted is not None:
                self.shown[key] = history.picture(self.shown[key], wanted)
                self.histories[key] = history.at(wanted)

    def check(self) -> None:
        for key, history in self.histories.items():
            assert same_bits(self.shown[key], self.copies[history.current])
            for number in history.entries:
                assert same_bits(history.picture(self.shown[key], number), self.copies[number])


@settings(max_examples=80, deadline=None, derandomize=True)
@given(pictures(), pictures(), ACTIONS, st.sampled_from([12_000, 40_000, 120_000, 10**9]))
def test_all_that_is_within_the_budget_comes_back(
    one: np.ndarray, other: np.ndarray, actions: list[tuple[str, int]], budget: int
) -> None:
    window = Window([one, other], budget)
    for action, seed in actions:
        if seed % 2 in window.histories:
            window.act(seed % 2, action, seed)
    window.check()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(pictures(), st.lists(st.integers(0, 2**32 - 1), min_size=50, max_size=50), st.sampled_from([60_000, 10**9]))
def test_fifty_edits_undone_one_by_one(start: np.ndarray, seeds: list[int], budget: int) -> None:
    window = Window([start], budget)
    for seed in seeds:
        window.act(0, RUN, seed)
    assert len(window.histories[0].entries) == 51 or budget < 10**9
    while window.histories[0].undo is not None:
        window.act(0, UNDO, 0)
        assert same_bits(window.shown[0], window.copies[window.histories[0].current])
    window.check()
    if budget == 10**9 or window.histories[0].root == min(window.copies):
        assert same_bits(window.shown[0], start)


def chain(length: int) -> tuple[list[np.ndarray], History]:
    random = np.random.default_rng(0)
    pictures = [noise((20, 30), "u1", random) for _ in range(length + 1)]
    history = History.begin(pictures[0], Edit("original"))
    for before, after in pairwise(pictures):
        history = history.record(before, before, after, Edit("paint", f"{len(history.entries)}"))
    return pictures, history


def test_redo_goes_where_undo_came_from() -> None:
    pictures, history = chain(2)
    first = history.undo
    history = history.at(first).record(pictures[1], pictures[1], pictures[0] + 1, Edit("inpaint"))
    newest = history.current
    history = history.at(first)
    assert history.redo == newest
    older = history.children(first)[0]
    history = history.at(older).at(first)
    assert history.redo == older
    assert history.at(older).redo is None


def test_a_run_on_an_earlier_picture_is_a_branch() -> None:
    pictures, history = chain(3)
    history = history.record(pictures[3], pictures[1], pictures[1] + 1, Edit("inpaint"))
    assert len(history.children(history.undo)) == 2
    assert same_bits(history.picture(pictures[1] + 1, history.root), pictures[0])


def test_what_something_else_changed_can_be_undone() -> None:
    pictures, history = chain(1)
    history = history.record(pictures[1], pictures[1] + 5, pictures[1] + 9, Edit("paint"))
    elsewhere = history.undo
    assert history.entries[elsewhere].task == ELSEWHERE
    assert same_bits(history.picture(pictures[1] + 9, elsewhere), pictures[1] + 5)


def test_a_picture_changed_in_place_is_noticed() -> None:
    pictures, history = chain(1)
    pictures[1][3, 4] ^= 1
    with pytest.raises(ValueError, match="changed in place by something else"):
        history.picture(pictures[1], history.root)


def test_the_oldest_goes_first_and_the_original_stays() -> None:
    pictures, history = chain(10)
    numbers = list(history.entries)
    left, gone = fit({"a": history}, history.nbytes - 1)
    assert [(key, entry.number) for key, entry in gone] == [("a", numbers[1])]
    left, gone = fit({"a": history}, history.nbytes // 2)
    assert [entry.number for _, entry in gone] == numbers[1 : len(gone) + 1]
    assert left["a"].root == numbers[0]
    assert same_bits(left["a"].picture(pictures[10], numbers[0]), pictures[0])
    alone = history.entries[numbers[0]].nbytes
    left, gone = fit({"a": history}, alone)
    assert list(left["a"].entries) == [numbers[10]] and gone[-1][1].number == numbers[0]
    assert fit({"a": history}, 0)[0] == {}


def test_of_several_pictures_the_oldest_edit_goes() -> None:
    (_, first), (_, second) = chain(3), chain(3)
    _, gone = fit({"second": second, "first": first}, first.nbytes + second.nbytes - 1)
    assert [key for key, _ in gone] == ["first"]


def test_redo_crosses_what_was_forgotten() -> None:
    pictures, history = chain(3)
    numbers = list(history.entries)
    back = history.at(numbers[0]).merged(numbers[1])
    assert back.redo == numbers[2]
    assert same_bits(back.picture(pictures[0], numbers[2]), pictures[2])


def test_recipes_come_back() -> None:
    recipe = {"task": "paint", "mask": {"shape": [2, 3], "data": "abc"}}
    history = History.begin(np.zeros((8, 8), np.uint8), Edit("paint", recipe=recipe))
    assert read_recipe(history.entries[history.root]) == recipe


@pytest.mark.parametrize("layout", ["C", "F", "strided"])
def test_the_layout_stays(layout: str) -> None:
    start = laid_out(noise((20, 30), "<f4", np.random.default_rng(0)), layout)
    history = History.begin(start, Edit("original")).record(start, start, edited(start, 3), Edit("paint"))
    back = history.picture(edited(start, 3).copy(order="F" if layout == "F" else "C"), history.root)
    assert back.flags.f_contiguous == (layout == "F")


@pytest.mark.parametrize("shape", [(300, 200), (300, 200, 3), (5, 300, 200), (5, 300, 200, 4)])
def test_thumbnails(shape: tuple[int, ...]) -> None:
    small = thumbnail(1e308 * np.linspace(-1, 1, int(np.prod(shape))).reshape(shape))
    assert small.dtype == np.uint8 and small.shape[2] == 3 and max(small.shape[:2]) in range(40, 49)
    assert thumbnail(np.full((8, 8), np.nan)).max() == 0
    assert (thumbnail(np.full((8, 8), 50, np.uint8)) == 50).all()
    assert (thumbnail(np.full((8, 8), 50.0), (0, 100)) == 128).all()
