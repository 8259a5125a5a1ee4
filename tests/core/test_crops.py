"""The working crop holds the mask, the working grid has its size, and edges are soft only inside."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_robust_synth.core import Crop, resample, resample_inside, soft_edge, working_crop, working_shape

SIDES = st.integers(8, 500)


@settings(max_examples=150, deadline=None)
@given(height=SIDES, width=SIDES, size=st.integers(32, 224), data=st.data())
def test_working_crop_holds_the_mask(height: int, width: int, size: int, data: st.DataObject) -> None:
    top, bottom = sorted(data.draw(st.tuples(*[st.integers(0, height - 1)] * 2)))
    left, right = sorted(data.draw(st.tuples(*[st.integers(0, width - 1)] * 2)))
    mask = np.zeros((height, width), bool)
    mask[top, left] = mask[bottom, right] = True
    crop = working_crop((height, width), mask, size)
    assert 0 <= crop.top <= top and bottom < crop.bottom <= height
    assert 0 <= crop.left <= left and right < crop.right <= width
    side = max(3 * (max(bottom - top, right - left) + 1), 2 * size)
    assert crop.shape == (min(side, height), min(side, width))


def test_without_a_mask_the_crop_is_everything() -> None:
    crop = working_crop((37, 411), None, 112)
    assert crop == Crop(0, 0, 37, 411)
    assert np.zeros((37, 411, 3))[crop.slices].shape == (37, 411, 3)


@settings(max_examples=100, deadline=None)
@given(height=SIDES, width=SIDES, size=st.integers(32, 512))
def test_working_shape_keeps_area_and_aspect(height: int, width: int, size: int) -> None:
    h, w = working_shape((height, width), size)
    assert min(h, w) >= 32
    if min(h, w) > 32:
        assert h * w == pytest.approx(size**2, rel=0.05)
        assert h / w == pytest.approx(height / width, rel=0.05)


@pytest.mark.parametrize(
    ("shape", "size", "expected"),
    [
        ((100, 100), 112, (112, 112)),
        ((37, 411), 112, (34, 373)),
        ((8, 4000), 112, (32, 2504)),
        ((3000, 4000), 64, (55, 74)),
    ],
)
def test_working_shape(shape: tuple[int, int], size: int, expected: tuple[int, int]) -> None:
    assert working_shape(shape, size) == expected


@pytest.mark.parametrize("shape", [(5, 7), (20, 14), (40, 56), (33, 3)])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "nearest"])
def test_resample_keeps_a_flat_picture(shape: tuple[int, int], mode: str) -> None:
    out = resample(torch.full((1, 3, 20, 14), 0.25), shape, mode)
    torch.testing.assert_close(out, torch.full((1, 3, *shape), 0.25))


def test_resample_to_the_same_grid_is_the_same() -> None:
    x = torch.rand(1, 3, 5, 6)
    assert resample(x, (5, 6)) is x


def test_resample_low_passes_when_it_shrinks() -> None:
    stripes = torch.zeros(1, 1, 64, 64)
    stripes[..., ::2] = 1
    torch.testing.assert_close(resample(stripes, (8, 8))[..., 1:-1], torch.full((1, 1, 8, 6), 0.5), atol=0.02, rtol=0)


@pytest.mark.parametrize("width", [0, 1, 3.5])
def test_soft_edge_is_zero_outside_and_one_deep_inside(width: float) -> None:
    mask = np.zeros((40, 50), bool)
    mask[10:30, 10:40] = True
    weight = soft_edge(mask, width)
    assert weight.dtype == np.float32 and (weight[~mask] == 0).all()
    assert (weight[mask] > 0).all() and (weight[16:24, 16:34] == 1).all()
    assert (weight[10, 10:40] < 1).all() == (width > 1)


@pytest.mark.parametrize("width", [1, 6])
def test_soft_edge_knows_no_edge_at_the_border(width: float) -> None:
    assert (soft_edge(np.ones((9, 12), bool), width) == 1).all()
    half = np.zeros((20, 30), bool)
    half[:, :15] = True
    assert (soft_edge(half, width)[:, 0] == 1).all()


def test_what_is_held_outside_does_not_thin_the_change_inside() -> None:
    inside = torch.zeros(1, 1, 16, 16)
    inside[:, :, 4:12, 4:12] = 1
    change = 0.5 * inside.expand(1, 3, 16, 16)
    large = resample_inside(change, inside, (64, 64))[:, :, 16:48, 16:48]
    torch.testing.assert_close(large, torch.full_like(large, 0.5))
