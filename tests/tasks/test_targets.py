"""What a palette may say, and labels as JSON types."""

import json

import numpy as np
import pytest

from napari_robust_synth.tasks import Target
from napari_robust_synth.tasks.packing import pack_labels, unpack_labels
from napari_robust_synth.tasks.targets import read_targets, write_targets

GOOD = {9: Target(features=(3, 17), strength=0.5), 2: Target(label="church")}


def test_a_palette_comes_back_sorted() -> None:
    raw = json.loads(json.dumps(write_targets(GOOD)))
    assert read_targets(raw) == GOOD and list(read_targets(raw)) == [2, 9]


def test_names() -> None:
    assert [t.name for t in (*GOOD.values(), Target(features=(4,)))] == ["features 3, 17", "church", "feature 4"]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ([], "needs a table for each label"),
        ({"one": {"label": "church"}}, "label is 'one', expected a whole number"),
        ({"0": {"label": "church"}}, "label is '0'"),
        ({"1": "church"}, "label 1 of the palette is no table"),
        ({"1": {"lable": "church"}}, "has 'lable', expected label or features"),
        ({"1": {}}, "label 1 of the palette: a label of a palette needs either a class or features"),
        ({"1": {"label": "a", "features": [1]}}, "not both"),
        ({"1": {"label": "a", "strength": -1}}, "strength is -1, expected 0 to 4"),
        ({"1": {"label": "a", "strength": float("nan")}}, "strength is nan"),
        ({"1": {"features": ["x"]}}, "label 1 of the palette: features"),
    ],
)
def test_what_is_no_palette(raw: object, word: str) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        read_targets(raw)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("highest", [1, 255, 256, 2**31 - 1])
def test_labels_come_back(highest: int) -> None:
    labels = np.random.default_rng(0).integers(0, highest, (13, 7), endpoint=True)
    labels[0, 0] = highest
    again = unpack_labels(json.loads(json.dumps(pack_labels(labels))))
    assert again.dtype == np.int32 and np.array_equal(again, labels)


@pytest.mark.parametrize(
    "damage", [{"bytes": 2}, {"bytes": 4}, {"shape": [13, 8]}, {"shape": [0, 0]}, {"data": "AAAA"}], ids=str
)
def test_damaged_labels(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"the recipe's (labels are|mask is) damaged"):
        unpack_labels({**pack_labels(np.ones((13, 7), int)), **damage})
