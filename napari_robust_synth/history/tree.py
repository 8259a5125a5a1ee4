"""The history of a picture: a tree of edits, each a patch away from the one before it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_robust_synth.history.edit import Edit, Entry, pack_recipe, thumbnail
from napari_robust_synth.history.exchange import Way, between, joined
from napari_robust_synth.history.patch import Patch
from napari_robust_synth.tasks.recipe import pixel_hash

if TYPE_CHECKING:
    from napari_robust_synth.core.images import Array

_NUMBERS = itertools.count(1)
ORIGINAL, ELSEWHERE = "original", "changed elsewhere"


@dataclass(frozen=True)
class History:
    """The edits of one picture. It never changes; what would change it returns another one.

    It does not hold the picture: whoever shows that gives it.

    Parameters
    ----------
    entries : mapping
        Entries by number, oldest first.
    current : int
        Number of the entry that is shown.
    trail : mapping
        Where redo leads to from an entry: the branch that was left last.
    """

    entries: Mapping[int, Entry]
    current: int
    trail: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def begin(cls, picture: Array, edit: Edit, digest: str | None = None) -> History:
        """Begin with a picture; ``digest`` is its `pixel_hash` where that is known."""
        entry = _entry(picture, edit, None, None, digest or pixel_hash(picture))
        return cls({entry.number: entry}, entry.number)

    @property
    def nbytes(self) -> int:
        """Bytes that all entries hold."""
        return sum(entry.nbytes for entry in self.entries.values())

    @property
    def root(self) -> int:
        """Number of the entry that the others were made of."""
        return next(number for number, entry in self.entries.items() if entry.parent is None)

    @property
    def undo(self) -> int | None:
        """Number of the entry that undo leads to."""
        return self.entries[self.current].parent

    @property
    def redo(self) -> int | None:
        """Number of the entry that redo leads to."""
        return self.trail.get(self.current)

    def children(self, number: int) -> list[int]:
        """Return the entries made of one, oldest first."""
        return [entry.number for entry in self.entries.values() if entry.parent == number]

    def find(self, digest: str) -> int | None:
        """Return the newest entry with these pixels; that which is shown comes first."""
        found = [number for number, entry in self.entries.items() if entry.digest == digest]
        return self.current if self.current in found else found[-1] if found else None

    def shows(self, picture: Array) -> bool:
        """Say whether a picture is that of the current entry, to the bit."""
        return pixel_hash(picture) == self.entries[self.current].digest

    def record(self, shown: Array, before: Array, after: Array, edit: Edit) -> History:
        """Add an edit of ``before`` and go there; ``shown`` is the picture of the current entry.

        Before and after may differ in shape and type; ``shown`` and ``before`` only where the history has both.

        Raises
        ------
        ValueError
            When they may not; see `Patch.between`.
        """
        there = self.noticed(shown, before)
        return there._add(there.current, after, between(before, after), edit)

    def noticed(self, shown: Array, now: Array) -> History:
        """Go to the entry with the pixels ``now``; where there is none, what something else did becomes one."""
        known = self.find(pixel_hash(now))
        if known is not None:
            return self.at(known)
        return self._add(self.current, now, Patch.between(shown, now), Edit(ELSEWHERE))

    def alone(self) -> History:
        """Return a history of the current entry only."""
        return History({self.current: replace(self.entries[self.current], parent=None, patch=None)}, self.current)

    def _add(self, parent: int, picture: Array, patch: Way, edit: Edit) -> History:
        entry = _entry(picture, edit, parent, patch, pixel_hash(picture))
        return History({**self.entries, entry.number: entry}, parent, self.trail).at(entry.number)

    def at(self, number: int) -> History:
        """Return this history with another entry as the one shown."""
        path = self.path(number)
        return replace(self, current=number, trail={**self.trail, **dict(itertools.pairwise(path))})

    def path(self, number: int) -> list[int]:
        """Return the entries from the beginning to one."""
        return list(self._upwards(number))[::-1]

    def _upwards(self, number: int) -> Iterator[int]:
        above: int | None = number
        while above is not None:
            yield above
            above = self.entries[above].parent

    def picture(self, shown: Array, number: int) -> Array:
        """Return the picture of an entry, to the bit; ``shown`` is that of the current one, and stays as it is.

        Raises
        ------
        ValueError
            When ``shown`` is another picture.
        """
        if not self.shows(shown):
            raise ValueError("the picture was changed in place by something else: its edits can't be undone any more")
        out, here, there = shown.copy("K"), self.path(self.current), self.path(number)
        for way in self._ways(number for number in here[::-1] if number not in there):
            out = way.back(out)
        for way in self._ways(number for number in there if number not in here):
            out = way.forth(out)
        return out

    def touched(self, shown: Array) -> NDArray[np.bool_]:
        """Return where any edit changed a value, (H, W[, C]); all of it where that is not known."""
        ways = list(self._ways(self.entries))
        patches = [way for way in ways if isinstance(way, Patch)]
        known = self.entries[self.root].task == ORIGINAL and len(patches) == len(ways)
        where = np.full(shown.shape, not known)
        for patch in patches if known else ():
            patch.mark(where)
        return where

    def _ways(self, numbers: Iterable[int]) -> Iterator[Way]:
        return (way for number in numbers if (way := self.entries[number].patch) is not None)

    def merged(self, number: int) -> History:
        """Forget an entry that is not shown; the edits made of it lead on from the one before it.

        The beginning can be forgotten when one edit was made of it; that is where the history begins then.
        """
        gone = self.entries[number]
        entries = {n: entry for n, entry in self.entries.items() if n != number}
        for child in self.children(number):
            patch = entries[child].patch
            assert patch is not None
            way = None if gone.patch is None else joined(gone.patch, patch)
            entries[child] = replace(entries[child], parent=gone.parent, patch=way)
        trail = {a: b for a, b in self.trail.items() if number not in (a, b)}
        if gone.parent is not None and number in self.trail and self.trail.get(gone.parent) == number:
            trail[gone.parent] = self.trail[number]
        return History(entries, self.current, trail)


def _entry(picture: Array, edit: Edit, parent: int | None, patch: Way | None, digest: str) -> Entry:
    small = thumbnail(picture, edit.value_range)
    recipe = pack_recipe(edit.recipe)
    return Entry(next(_NUMBERS), parent, digest, edit.task, edit.target, edit.time, recipe, small, patch)
