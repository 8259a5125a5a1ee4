"""FID and Inception Score are those of torch-fidelity."""

import numpy as np
import pytest
import torch
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric

from napari_robust_synth.evaluation.fid import fid, inception_score, spread


@pytest.mark.parametrize("counts", [(80, 60), (10, 12), (80, 10)])
def test_fid_of_many_and_of_few(counts: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    a, b = (random.normal(i, 1 + i, (n, 20)) for i, n in enumerate(counts))
    statistics = [fid_features_to_statistics(torch.from_numpy(part)) for part in (a, b)]
    theirs = fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]
    assert fid(a, b) == pytest.approx(theirs, rel=1e-4)
    assert fid(a, a) == pytest.approx(0, abs=1e-9)


def test_inception_score() -> None:
    logits = torch.randn((50, 10), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    theirs = isc_features_to_metric(logits, splits=1, shuffle=False)["inception_score_mean"]
    assert inception_score(logits.softmax(1).numpy()) == pytest.approx(theirs)
    assert inception_score(np.eye(10)) == pytest.approx(10)
    assert inception_score(np.full((7, 10), 0.1)) == pytest.approx(1)


def test_spread_is_within_classes() -> None:
    features = np.array([[0.0, 0.0], [3.0, 4.0], [100.0, 0.0]])
    assert spread(features, ["a", "a", "b"]) == [5, 5]
    assert spread(features, ["a", "b", "c"]) == []
