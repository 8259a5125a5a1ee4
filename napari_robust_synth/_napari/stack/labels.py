"""Which labels of a slice have a target in the palette of a stack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from napari_robust_synth._napari.layers.arrays import Array
from napari_robust_synth._napari.layers.label_watch import labels_in
from napari_robust_synth._napari.running.request import Request

MOST = 5  # labels or slices that a message names
FILL_IN = "show such a slice, say in the label's row what it should become, and run again"


def with_own_targets(case: Request, labels: Array) -> tuple[Request, set[int]]:
    """Ask for a slice with the targets of the labels that are in it, and return those that have none.

    Other targets of the stack are left out: together they may be more than a palette can have.
    """
    there, palette = labels_in(labels), case.palette or {}
    own = {label: target for label, target in palette.items() if label in there}
    return replace(case, palette=own), there - set(own)


def left_out(lacking: dict[int, set[int]]) -> str:
    """Say in one line which labels have no target, from those of each slice."""
    slices: dict[int, list[int]] = {}
    for number, labels in lacking.items():
        for label in labels:
            slices.setdefault(label, []).append(number)
    named = [f"label {label} in slice {_few(slices[label])}" for label in sorted(slices)]
    return f"labels without a target are as they were ({_few(named, '; ')}): {FILL_IN}"


def _few(what: Iterable[object], between: str = ", ") -> str:
    first = list(islice(map(str, what), MOST + 1))
    return between.join([*first[:MOST], *(["…"] if len(first) > MOST else [])])
