"""Trees of pictures: which files are of which class."""

from dataclasses import replace
from pathlib import Path

import pytest

from napari_robust_synth.training.config import TrainingConfig
from napari_robust_synth.training.layout import Pictures, find
from tests.training.conftest import Tree

PLAIN = TrainingConfig()


def named(pictures: Pictures | None) -> list[tuple[str, str]] | None:
    if pictures is None:
        return None
    names = [pictures.classes[label] for label in pictures.labels]
    return [(file.name, name) for file, name in zip(pictures.files, names, strict=True)]


def test_a_tree_without_parts_is_all_training(tree: Tree) -> None:
    train, val = find(tree("dog/b.png", "cat/sub/a.jpg", ".git/x/y.png", "cat/.DS_Store", "notes.txt"), PLAIN)
    assert train.classes == ("cat", "dog") and named(train) == [("a.jpg", "cat"), ("b.png", "dog")]
    assert val is None


@pytest.mark.parametrize("part", ["val", "test"])
def test_parts(tree: Tree, part: str) -> None:
    train, val = find(tree("train/n1/a.png", "train/n2/b.png", f"{part}/n2/c.png"), TrainingConfig(classes={"n1": "x"}))
    assert named(train) == [("a.png", "x"), ("b.png", "n2")]
    assert named(val) == [("c.png", "n2")] and val.labels == (1,), "numbered as in training"


@pytest.mark.parametrize("test", [True, False])
def test_two_domains(tree: Tree, test: bool) -> None:
    files = ["trainA/1.jpg", "trainA/2.jpg", "trainB/3.jpg", *(["testA/4.jpg", "testB/5.jpg"] if test else [])]
    train, val = find(tree(*files), TrainingConfig(classes={"A": "horse", "B": "zebra"}))
    assert named(train) == [("1.jpg", "horse"), ("2.jpg", "horse"), ("3.jpg", "zebra")]
    assert named(val) == ([("4.jpg", "horse"), ("5.jpg", "zebra")] if test else None)


def test_superclasses_group_folders_and_leave_out_the_rest(tree: Tree) -> None:
    groups = {"dog": ("n10..n12", "n20"), "cat": ("n05",)}
    data = tree(*(f"{part}/{n}/{part}{n}" for part in ("train", "val") for n in ("n05", "n10", "n12", "n13", "n20")))
    train, val = find(data, TrainingConfig(superclasses=groups))
    assert train.classes == ("dog", "cat"), "in the config's order"
    assert train.counts() == {"dog": 3, "cat": 1}
    assert {name for name, _ in named(val)} == {"valn05", "valn10", "valn12", "valn20"}
    with pytest.raises(ValueError, match="superclass 'bird' has no folder in the data: expected n30"):
        find(data, TrainingConfig(superclasses={**groups, "bird": ("n30",)}))


def test_the_last_by_name_are_held_out(tree: Tree) -> None:
    files = [f"{c}/{i:02}.png" for c, n in (("a", 10), ("b", 5)) for i in range(n)]
    train, val = find(tree(*files), replace(PLAIN, hold_out=0.2))
    assert named(val) == [("08.png", "a"), ("09.png", "a"), ("04.png", "b")]
    assert train.counts() == {"a": 8, "b": 4} and not set(train.files) & set(val.files)


def test_nothing_is_held_out_where_there_is_a_validation_folder(tree: Tree) -> None:
    train, val = find(tree("train/a/1", "train/a/2", "train/b/3", "val/a/4"), replace(PLAIN, hold_out=0.5))
    assert len(train) == 3 and named(val) == [("4", "a")]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["notes.txt"], "no class folders with pictures: expected .*data/CLASS/picture.jpg"),
        (["train/.hidden/x", "val/a/1"], "no class folders with pictures: expected .*data/train/CLASS/picture.jpg"),
        (["a/1"], "has one class folder, a, but a classifier needs at least two"),
        (["train/a/1", "train/b/1", "val/c/1"], "has a class c to validate on, but none to train on"),
    ],
)
def test_refuses(tree: Tree, files: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        find(tree(*files), PLAIN)


def test_the_fingerprint_names_the_files_and_their_classes(tree: Tree, tmp_path: Path) -> None:
    data = tree("a/1", "b/2")
    before = find(data, PLAIN)[0].fingerprint()
    assert find(data.rename(tmp_path / "moved"), PLAIN)[0].fingerprint() == before
    assert find(tmp_path / "moved", replace(PLAIN, classes={"a": "x"}))[0].fingerprint() != before
    (tmp_path / "moved" / "a" / "3").touch()
    assert find(tmp_path / "moved", PLAIN)[0].fingerprint() != before
