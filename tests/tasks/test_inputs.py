"""What a user gives: found, or refused in one line that helps."""

import pytest

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Counterfactual, Generate, Inpaint, Paint, SuperResolve, Translate
from napari_robust_synth.tasks.inputs import changed, check_features, check_roles, check_size, class_index

NAMES = ("tench", "church", "golden retriever", "English springer")


@pytest.mark.parametrize(
    ("label", "expected"),
    [("church", 1), ("CHURCH", 1), ("english Springer", 3), (0, 0), (3, 3), ("golden retriever", 2)],
)
def test_class_by_name_or_number(label: str | int, expected: int) -> None:
    assert class_index(NAMES, label) == expected


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("chruch", "unknown class 'chruch': the nearest are 'church'"),
        ("retriever", "the nearest are 'golden retriever'"),
        ("englsh springr", "'English springer'"),
        ("zzz", "the nearest are 'tench', 'church', 'golden retriever'"),
        ("", "unknown class ''"),
        (4, "class 4 is out of range, expected 0 to 3"),
        (-1, "class -1 is out of range"),
    ],
)
def test_an_unknown_class_gets_the_nearest(label: str | int, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        class_index(NAMES, label)


ROLES = ("image", "mask", "label", "features")


@pytest.mark.parametrize(
    ("task", "given"),
    [
        (Translate(), "image label"),
        (Inpaint(), "image mask"),
        (Inpaint(), "image mask label"),
        (SuperResolve(), "image"),
        (Paint(), "image mask label"),
        (Paint(), "image mask features"),
        (Generate(), "label"),
        (Generate(seeds="image"), "image label"),
    ],
)
def test_roles_that_fit(task, given: str) -> None:
    check_roles(task, **{role: role in given for role in ROLES})


@pytest.mark.parametrize(
    ("task", "given", "word"),
    [
        (Translate(), "label", "translate needs an image"),
        (Translate(), "image", "translate needs a class"),
        (Translate(), "image label mask", "translate does not use a mask"),
        (Translate(), "image label features", "translate does not use a feature"),
        (Inpaint(), "image", "inpaint needs a mask"),
        (SuperResolve(), "image mask", "super-resolve does not use a mask"),
        (Paint(), "image mask", "paint needs either a class or features$"),
        (Paint(), "image mask label features", "either a class or features, not both"),
        (Generate(), "", "generate needs a class"),
        (Generate(seeds="image"), "label", "generate needs an image"),
    ],
)
def test_roles_that_do_not_fit(task, given: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        check_roles(task, **{role: role in given for role in ROLES})


@pytest.mark.parametrize("size", [32, 112, 1024])
def test_size(size: int) -> None:
    assert check_size(size) == size


@pytest.mark.parametrize("size", [0, 31, 1025, -5])
def test_size_out_of_range(size: int) -> None:
    with pytest.raises(ValueError, match=f"size is {size}, expected 32 to 1024 px"):
        check_size(size)


def test_features(tiny: Classifier) -> None:
    assert check_features(tiny, [0, 511]) == (0, 511)


@pytest.mark.parametrize("feature", [-1, 512])
def test_feature_out_of_range(tiny: Classifier, feature: int) -> None:
    with pytest.raises(ValueError, match=f"feature {feature} is out of range, expected 0 to 511"):
        check_features(tiny, [3, feature])


def test_changes_while_it_runs() -> None:
    assert changed(Paint(), {"eps": 3.0, "keep": 1}) == Paint(eps=3.0, keep=1)


@pytest.mark.parametrize(
    ("task", "change", "word"),
    [
        (Paint(), {"steps": 3}, "steps can't change while paint runs"),
        (Translate(), {"keep": 3}, "keep can't change while translate runs"),
        (Paint(), {"colour": 3}, "colour can't change"),
        (Translate(), {"features": [3]}, "features can't change while translate runs"),
        (Counterfactual(), {"label": "church"}, "label can't change while counterfactual runs"),
        (Paint(), {"eps": -1}, "eps is -1"),
    ],
)
def test_changes_that_a_run_refuses(task, change, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        changed(task, change)
