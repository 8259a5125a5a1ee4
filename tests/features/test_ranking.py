"""Which features belong to a class, to each other, to a search; and the names they are given."""

from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth.features import matching, most_similar, name_features, read_names, speaking_for
from napari_robust_synth.features.names import called, names_path
from napari_robust_synth.features.ranking import signatures

WEIGHTS = np.array([[3, -1, 2.9, 0, 1], [0, 2, 0.1, 0, 1], [-1, 0, -1, 0, 1]], np.float32)


def test_speaking_for_a_class() -> None:
    assert speaking_for(WEIGHTS, 0).tolist() == [0, 2, 4, 3, 1]
    assert speaking_for(WEIGHTS, 1).tolist() == [1, 4, 2, 0, 3]


def test_similar_ones() -> None:
    order = most_similar(WEIGHTS, 0).tolist()
    assert order[:2] == [0, 2] and sorted(order) == [0, 1, 2, 3, 4]
    assert order[-1] == 1, "what speaks against the same class comes last"
    assert most_similar(WEIGHTS, 3).tolist()[0] == 3, "one that says nothing is still like itself"


def test_what_looks_alike_counts_more() -> None:
    random = np.random.default_rng(0)
    kinds = np.kron(np.eye(2), np.full((4, 25), 5.0))  # eight pictures of two kinds
    marks = signatures((kinds + random.random((8, 50)) * 0.5).astype(np.float16))
    assert marks.shape == (8, 32) and marks.dtype == np.int8
    assert set(most_similar(np.zeros((3, 8), np.float32), 5, marks)[:4].tolist()) == {4, 5, 6, 7}
    against = np.where(np.arange(8) % 2, 1, -1) * np.array([[1], [0], [0]], np.float32)
    assert set(most_similar(against, 5, marks)[:2].tolist()) == {5, 7}


def test_search() -> None:
    names = {(12,): "blue sky", (305,): "Sky stripes", (40,): "30 dots", (3, 30): "dry grass"}
    shown = [305, 12, 3, 30, 40]
    assert matching("", shown, names) == shown
    assert matching("30", shown, names) == [305, 30, 40]
    assert matching("12, 305, 7", shown, names) == [305, 12]
    assert matching("SKY", shown, names) == [305, 12]
    assert matching("sky str", shown, names) == [305]
    assert matching("grass", shown, names) == [3, 30], "a group is found by its name"
    assert matching("blue grass", shown, names) == [], "in one name, not in two"


def test_names_are_kept_for_each_model(home: Path) -> None:
    assert read_names("a" * 64) == {}
    name_features("a" * 64, [305], "  blue   sky ")
    named = name_features("a" * 64, [12], "Gräser")
    assert named == {(12,): "Gräser", (305,): "blue sky"} == read_names("a" * 64)
    assert read_names("b" * 64) == {}
    assert name_features("a" * 64, [305], " ") == {(12,): "Gräser"}
    assert [p.name for p in names_path("a" * 64).parent.iterdir()] == ["a" * 16 + ".json"]


def test_a_group_has_a_name_of_its_own(home: Path) -> None:
    name_features("a" * 64, [12], "sky")
    names = name_features("a" * 64, [305, 12], "evening")
    assert names == {(12,): "sky", (12, 305): "evening"} == read_names("a" * 64)
    assert called([305, 12], names) == "evening" and called([12], names) == "sky"
    assert called([12, 7], names) == "", "7 has none"
    assert called([12, 7], {**names, (7,): "grass"}) == "grass, sky"


@pytest.mark.parametrize("text", ["{", "[]", '{"sky": 3}', "\\xff"])
def test_damaged_names_are_left_alone(home: Path, text: str) -> None:
    name_features("a" * 64, [1], "sky")
    path = names_path("a" * 64)
    path.write_text(text)
    with pytest.raises(ValueError, match="mend the file, or delete it"):
        name_features("a" * 64, [2], "grass")
    assert path.read_text() == text
