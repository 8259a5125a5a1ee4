"""Simple methods, and how near they come."""

import numpy as np
import pytest

from napari_robust_synth.evaluation.bench import Bench
from napari_robust_synth.evaluation.fidelity import nearer, nearness, paired, psnr
from napari_robust_synth.evaluation.rivals import FILLINGS, KERNELS, area_means, enlarge


@pytest.mark.parametrize("name", FILLINGS)
def test_a_filling_of_a_plain_picture_is_plain(name: str) -> None:
    picture, mask = np.full((40, 40, 3), 90, np.uint8), np.zeros((40, 40), bool)
    mask[10:20, 15:30] = True
    hidden = np.where(mask[..., None], 0, picture).astype(np.uint8)
    assert np.abs(FILLINGS[name](hidden, mask).astype(int) - 90).max() <= 3


def test_area_means_undo_repeating_pixels() -> None:
    blocks = np.arange(28 * 28 * 3, dtype=np.int64).reshape(28, 28, 3).astype(np.uint8)
    assert np.array_equal(area_means(blocks.repeat(8, 0).repeat(8, 1), 8), blocks)
    assert np.array_equal(enlarge(blocks, 224, "nearest"), blocks.repeat(8, 0).repeat(8, 1))
    assert len({enlarge(blocks, 224, kernel).tobytes() for kernel in KERNELS}) == 3


def test_psnr() -> None:
    a = np.zeros((4, 4, 3), np.uint8)
    assert psnr(a, a + 255) == pytest.approx(0)
    assert psnr(a, a + 1) == pytest.approx(48.13, abs=0.01)
    assert psnr(a, a) == 100


def test_who_is_nearer(bench: Bench) -> None:
    truth = [np.full((8, 8, 3), 100, np.uint8)] * 30
    near, far = (nearness([t + np.uint8(d) for t in truth], truth, bench) for d in (1, 9))
    assert (near["lpips"], far["lpips"]) == ([1] * 30, [9] * 30)
    assert paired(near, far, "lpips", 0).mean == -8
    assert paired(near, far, "psnr", 0).mean == pytest.approx(19.08, abs=0.01)
    assert nearer(near, far, "it", 0).verdict == "yes" and nearer(far, near, "it", 0).verdict == "no"
    assert nearer({"psnr": near["psnr"]}, {"psnr": far["psnr"]}, "it", 0).verdict == "yes"
