"""The eyedropper finds what a region has and its surroundings have not."""

import numpy as np
import pytest

from napari_robust_synth.features import eyedropper
from napari_robust_synth.features.eyedropper import looking_size
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, Paint


@pytest.fixture
def blot(mask: np.ndarray) -> np.ndarray:
    """A red blot on green and blue noise, (72, 96, 3) uint8."""
    picture = np.random.default_rng(0).integers(40, 90, (72, 96, 3)).astype(np.uint8)
    picture[..., 0] = 30
    picture[mask] = (230, 20, 20)
    return picture


def test_red_is_what_a_red_blot_raises(few: Classifier, blot: np.ndarray, mask: np.ndarray) -> None:
    best, *others = eyedropper(few, blot, mask, top=20)
    assert best.component == 0 and best.inside > 5 * best.outside
    assert len(others) == 19
    assert [one.score for one in others] == sorted((one.score for one in others), reverse=True)
    assert others[0].score < best.score
    assert {one.component for one in others[-2:]} <= {1, 2} or others[-1].inside < others[-1].outside


def test_what_is_strong_everywhere_counts_less(few: Classifier, blot: np.ndarray, mask: np.ndarray) -> None:
    reddish = blot.copy()
    reddish[..., 0] = np.maximum(reddish[..., 0], 200)
    of = {name: {r.component: r for r in eyedropper(few, p, mask, top=20)} for name, p in (("a", blot), ("b", reddish))}
    assert of["b"][0].score < of["a"][0].score


def test_only_the_surroundings_count(few: Classifier, blot: np.ndarray, mask: np.ndarray) -> None:
    large, region = np.full((900, 900, 3), (255, 0, 0), np.uint8), np.zeros((900, 900), bool)
    large[:72, :96], region[:72, :96] = blot, mask
    large[:200, :200][~region[:200, :200]] = (30, 60, 60)
    assert eyedropper(few, large, region)[0].component == 0, "red far away does not hide a red blot"


def test_grey_and_float(few: Classifier, mask: np.ndarray) -> None:
    grey = np.where(mask, 900.0, 100.0)
    found = eyedropper(few, grey, mask, (0, 1000), top=3)
    assert len(found) == 3 and all(np.isfinite([r.score, r.inside, r.outside]).all() for r in found)


def test_refused(few: Classifier, blot: np.ndarray, mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="leave some of it out"):
        eyedropper(few, blot, np.ones_like(mask))
    with pytest.raises(ValueError, match="the mask is empty"):
        eyedropper(few, blot, np.zeros_like(mask))
    with pytest.raises(ValueError, match="expected 32 to 1024"):
        eyedropper(few, blot, mask, size=8)


def test_what_it_finds_can_be_painted(tiny: Classifier, photo: np.ndarray, mask: np.ndarray) -> None:
    other = photo[::-1].copy()
    chosen = [one.component for one in eyedropper(tiny, photo, mask, top=3)]
    painted = Job(Paint(steps=8), tiny, image=other, mask=mask, features=chosen).run()
    assert np.array_equal(painted[~mask], other[~mask])
    before, after = (
        {one.component: one.inside for one in eyedropper(tiny, p, mask, size=64, top=tiny.n_features)}
        for p in (other, painted)
    )
    assert sum(after[c] for c in chosen) > sum(before[c] for c in chosen)


def test_it_looks_at_no_more_than_the_largest_size(tiny: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "size", 800)
    assert looking_size(tiny) == 1024
