"""Means and their intervals."""

import numpy as np
import pytest

from napari_robust_synth.evaluation.estimates import bootstrap, jackknife, normal, ratio, share


def test_normal() -> None:
    found = normal([1.0, 2.0, 3.0, 4.0])
    half = 1.96 * np.std([1, 2, 3, 4], ddof=1) / 2
    assert (found.mean, found.n) == (2.5, 4)
    assert (found.low, found.high) == (pytest.approx(2.5 - half), pytest.approx(2.5 + half))


def test_share_is_wilsons() -> None:
    found = share([True] * 8 + [False] * 2)
    assert found.mean == pytest.approx(80)
    assert (round(found.low, 2), round(found.high, 2), found.n) == (49.02, 94.33, 10)
    none = share([False] * 10)
    assert none.low == 0 and none.high > 20


def test_bootstrap_is_near_the_normal_interval_and_the_seed_decides() -> None:
    values = np.random.default_rng(0).exponential(size=400).tolist()
    found, expected = bootstrap(values, 3), normal(values)
    assert found.mean == expected.mean
    assert abs(found.low - expected.low) < 0.02 and abs(found.high - expected.high) < 0.02
    assert found == bootstrap(values, 3) != bootstrap(values, 4)


def test_ratio_is_that_of_the_means() -> None:
    found = ratio([2.0, 4.0, 6.0] * 20, [1.0, 2.0, 3.0] * 20)
    assert found.mean == found.low == found.high == 2


def test_jackknife_of_a_mean_is_the_normal_interval() -> None:
    values = np.random.default_rng(0).normal(size=500)
    found, expected = jackknife(500, lambda chosen: float(values[chosen].mean())), normal(values)
    assert found.mean == expected.mean
    assert (found.high - found.low) == pytest.approx(expected.high - expected.low, rel=0.5)


@pytest.mark.parametrize("one", [normal([3.0]), bootstrap([3.0]), ratio([3.0], [1.0]), jackknife(9, lambda _: 3.0)])
def test_too_few_have_no_interval(one: object) -> None:
    assert (one.mean, one.low, one.high) == (3.0, None, None)
