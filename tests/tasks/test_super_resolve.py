"""A faithful enlargement, shrunk again, is the picture that was given; the paper's moves it."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import Job, SuperResolve


def small(height: int, width: int) -> np.ndarray:
    noise = np.random.default_rng(0).random((height, width, 3))
    smooth = gaussian_filter(noise, (1.5, 1.5, 0))
    return np.rint(40 + 175 * (smooth - smooth.min()) / np.ptp(smooth)).astype(np.uint8)


def off(result: np.ndarray, given: np.ndarray, factor: int) -> float:
    height, width = given.shape[:2]
    means = result.reshape(height, factor, width, factor, 3).mean((1, 3))
    return float(np.abs(means - given).mean())


@pytest.mark.parametrize(("height", "width", "factor"), [(32, 32, 6), (30, 24, 8)])
def test_a_faithful_result_shrinks_back(tiny: Classifier, height: int, width: int, factor: int) -> None:
    given = small(height, width)
    paper, faithful = (
        Job(SuperResolve(eps=20, factor=factor, start=start), tiny, image=given, size=120, label=0)
        for start in ("nearest", "faithful")
    )
    result = faithful.run()
    assert np.abs(result - faithful.picture.canvas.astype(float)).mean() > 1, "it changed nothing"
    assert off(result, given, factor) < 1 < 2 * off(paper.run(), given, factor)


def test_of_a_large_picture_half_the_working_size_is_kept(tiny: Classifier) -> None:
    given = small(96, 96)
    job = Job(SuperResolve(eps=20, factor=2), tiny, image=given, size=64, label=0)
    result, canvas = job.run().astype(float), job.picture.canvas.astype(float)
    coarse = np.abs((result - canvas).reshape(32, 6, 32, 6, 3).mean((1, 3))).mean()
    assert coarse < 0.25 * np.abs(result - canvas).mean()


def test_grey_and_deep_pictures(tiny: Classifier) -> None:
    given = small(16, 20)[..., 0].astype(np.uint16) * 257
    result = Job(SuperResolve(factor=3, steps=2), tiny, image=given, size=96).run()
    assert result.shape == (48, 60) and result.dtype == np.uint16
    assert np.abs(result.reshape(16, 3, 20, 3).mean((1, 3)) - given).mean() < 257
