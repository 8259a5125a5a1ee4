"""Verdicts follow from intervals."""

import pytest

from napari_robust_synth.evaluation.estimates import Estimate
from napari_robust_synth.evaluation.results import LEAST, Check, Found, together


def check(low: float | None, high: float | None, n: int = LEAST, lower: bool = False) -> Check:
    return Check("a claim", Estimate(0.0, low, high, n), 0.5, lower=lower)


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.5, 0.9, "yes"), (0.1, 0.49, "no"), (0.4, 0.6, "unclear"), (None, None, "unclear")]
)
def test_a_claim_holds_when_all_of_its_interval_does(low: float | None, high: float | None, verdict: str) -> None:
    assert check(low, high).verdict == verdict
    turned = {"yes": "no", "no": "yes"}.get(verdict, verdict) if low != 0.5 else "unclear"
    assert check(low, high, lower=True).verdict == turned


def test_few_pictures_decide_nothing() -> None:
    assert check(0.6, 0.9, LEAST - 1).verdict == "unclear"


def test_one_claim_that_fails_is_enough() -> None:
    assert together(["yes", "no", "unclear"]) == "no"
    assert together(["yes", "unclear"]) == together([]) == "unclear"
    assert Found("grid", "tiny", checks=(check(0.6, 0.9), check(0.7, 0.8))).verdict == "yes"
