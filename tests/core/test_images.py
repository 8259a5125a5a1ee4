"""Pictures of any dtype to tensors and back: nothing but what was changed changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import gaussian_filter

from napari_robust_synth.core import add_change, check_image, check_mask, dtype_range, enlarge, to_tensor
from napari_robust_synth.core.images import to_array

from .arrays import DTYPES, SHAPES, parted, picture


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_to_tensor_scales_to_zero_and_one(dtype: str, shape: tuple[int, ...]) -> None:
    image = picture(dtype, shape)
    x = to_tensor(image, dtype_range(image))
    assert x.shape == (1, 3, 9, 11) and x.min() >= 0 and x.max() <= 1 and x.is_contiguous()
    low, high = dtype_range(image)
    colour = parted(image)[0].astype(np.float64)
    np.testing.assert_allclose(to_array(x)[0], np.broadcast_to((colour - low) / (high - low), (9, 11, 3)), atol=1e-3)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_add_change_leaves_alpha_shape_and_the_weightless(dtype: str, shape: tuple[int, ...]) -> None:
    image = picture(dtype, shape)
    weight = np.zeros((9, 11), np.float32)
    weight[2:6, 3:9] = 1
    change = np.random.default_rng(1).uniform(-1, 1, (9, 11, 1)).astype(np.float32).repeat(3, 2)
    out = add_change(image, change, dtype_range(image), weight)
    assert out.shape == image.shape and out.dtype == image.dtype
    assert out[weight == 0].tobytes() == image[weight == 0].tobytes()
    assert (out[weight == 1] != image[weight == 1]).any()
    assert parted(out)[1].tobytes() == parted(image)[1].tobytes()


@settings(max_examples=60, deadline=None)
@given(
    image=hnp.arrays(np.uint16, (8, 9, 3)),
    change=hnp.arrays(np.float32, (8, 9, 3), elements=st.floats(-2, 2, width=32)),
)
def test_add_change_rounds_and_clips(image: np.ndarray, change: np.ndarray) -> None:
    out = add_change(image, change, (0, 65535))
    expected = np.rint(image + change.astype(np.float64) * 65535).clip(0, 65535)
    np.testing.assert_allclose(out, expected, atol=1)
    assert (out[change == 0] == image[change == 0]).all()


def test_values_beyond_the_range_survive_where_nothing_changed() -> None:
    image = np.linspace(-3, 7, 8 * 8 * 3).reshape(8, 8, 3)
    change = np.zeros((8, 8, 3), np.float32)
    change[0] = 0.5
    out = add_change(image, change, (0, 1))
    assert (out[1:] == image[1:]).all()
    np.testing.assert_allclose(out[0], (image[0] + 0.5).clip(image.min(), image.max()))


def test_a_contrast_range_is_the_unit_of_a_change() -> None:
    image = np.full((8, 8), 1000, np.uint16)
    out = add_change(image, np.full((8, 8, 3), 0.5, np.float32), (0, 2000))
    assert (out == 2000).all()


@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64", "uint64"])
def test_the_brightest_whole_numbers_do_not_wrap(dtype: str) -> None:
    image, info = np.full((8, 8), 100, dtype), np.iinfo(dtype)
    change = np.full((8, 8, 3), 2, np.float32)
    change[:4] *= -1
    out = add_change(image, change, (float(info.min), float(info.max)))
    assert (out[:4] == info.min).all() and (out[4:] > 0.999 * info.max).all()


@pytest.mark.parametrize(
    ("image", "given", "expected"),
    [
        (np.zeros((8, 8), np.uint8), None, (0, 255)),
        (np.zeros((8, 8), np.int16), None, (-32768, 32767)),
        (np.zeros((8, 8), bool), None, (0, 1)),
        (np.zeros((8, 8), np.float32), None, (0, 1)),
        (np.full((8, 8), 9.0), (0, 10), (0, 10)),
        (np.full((8, 8), 9, np.int64), (0, 10), (0, 10)),
    ],
)
def test_dtype_range(image: np.ndarray, given, expected: tuple[float, float]) -> None:
    assert dtype_range(image, given) == expected


@pytest.mark.parametrize(
    ("image", "given", "word"),
    [
        (np.full((8, 8), 1.5), None, "--range"),
        (np.full((8, 8), -0.1), None, "contrast limits"),
        (np.full((8, 8, 3), 255.0), None, r"255, expected 0 to 1: divide it by its white \(often 255\), or convert it"),
        (np.arange(64).reshape(8, 8), None, "int64 image has values from 0 to 63, expected 8 or 16 bits: say which"),
        (np.full((8, 8), 2**32 - 1, np.uint32), None, r"uint32 image has values from 4294967295 to.*--range LOW,HIGH"),
        (np.zeros((8, 8, 2), np.int32), None, "contrast limits"),
        (np.full((8, 8, 3), 255, np.int32), None, "255, expected 8 or 16 bits: divide it by its white"),
        (np.zeros((8, 8)), (1, 1), "1 to 1"),
        (np.zeros((8, 8)), (2, 1), "2 to 1"),
        (np.zeros((8, 8)), (0, np.inf), "finite"),
    ],
)
def test_dtype_range_refuses(image: np.ndarray, given, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        dtype_range(image, given)


@pytest.mark.parametrize(
    ("image", "word"),
    [
        (np.zeros((2, 8, 8, 3)), "4 dimensions"),
        (np.zeros(8), "1 dimensions"),
        (np.zeros((9, 9, 5)), "5 channels"),
        (np.zeros((7, 90)), "90 x 7 px"),
        (np.zeros((0, 8)), "at least 8"),
        (np.zeros((8, 8), complex), "complex128"),
        (np.full((8, 8), "a"), "expected integers or floats"),
        (np.full((8, 8), np.nan), "NaN or infinite"),
        (np.full((8, 8, 3), np.inf), "NaN or infinite"),
    ],
)
def test_check_image_refuses(image: np.ndarray, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        check_image(image)


@pytest.mark.parametrize(
    "mask",
    [
        np.eye(8, dtype=bool),
        np.eye(8, dtype=np.uint8) * 255,
        np.eye(8) * 0.5,
        np.dstack([np.eye(8)] * 3),
        np.dstack([np.eye(8)] * 3 + [np.ones((8, 8))]),
        np.dstack([np.eye(8), np.ones((8, 8))]),
    ],
)
def test_check_mask_reads_any_kind(mask: np.ndarray) -> None:
    assert np.array_equal(check_mask(mask, (8, 8, 3)), np.eye(8, dtype=bool))


@pytest.mark.parametrize(
    ("mask", "word"),
    [(np.ones((8, 9)), "9 x 8 px, but the image is 8 x 8 px"), (np.zeros((8, 8)), "empty"), (np.ones(8), "agree")],
)
def test_check_mask_refuses(mask: np.ndarray, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        check_mask(mask, (8, 8))


@pytest.mark.parametrize("mode", ["nearest", "bicubic", "faithful"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_enlarge_keeps_dtype_and_bounds(dtype: str, shape: tuple[int, ...], mode: str) -> None:
    image = picture(dtype, shape)
    out = enlarge(image, 3, mode)
    assert out.shape == (27, 33, *shape[2:]) and out.dtype == image.dtype
    assert out.min() >= image.min() and out.max() <= image.max()
    if mode == "nearest":
        assert (out[1::3, 1::3] == image).all()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_what_is_enlarged_faithfully_shrinks_back(dtype: str) -> None:
    smooth = picture(dtype, (32, 40, 3)).astype(np.float64)
    smooth = gaussian_filter(smooth, (1, 1, 0)).astype(dtype)
    spread = float(smooth.max()) - float(smooth.min())
    off = {}
    for mode in ("bicubic", "faithful"):
        blocks = enlarge(smooth, 4, mode).reshape(32, 4, 40, 4, 3).mean((1, 3), dtype=np.float64)
        off[mode] = np.abs(blocks - smooth).mean() / spread
    assert off["faithful"] < 0.003 and off["faithful"] < 0.2 * off["bicubic"], off


def test_enlarge_refuses_the_gigantic() -> None:
    with pytest.raises(ValueError, match="100 million"):
        enlarge(np.zeros((4000, 3000), np.uint8), 16, "nearest")


def test_to_array_is_a_copy() -> None:
    x = to_tensor(picture("uint8", (9, 11, 3)), (0, 255))
    array = to_array(x)
    x.zero_()
    assert array.max() > 0 and array.shape == (1, 9, 11, 3)
