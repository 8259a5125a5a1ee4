"""What a hole starts from: it touches the hole alone, in any dtype, and a blur continues what is around."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from napari_robust_synth.core import fill_mean, fill_smooth, fill_texture
from napari_robust_synth.core.fill import TEXTURE

from .arrays import DTYPES, SHAPES, parted, picture


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_fill_mean_uses_the_rest(dtype: str, shape: tuple[int, ...]) -> None:
    image = picture(dtype, shape)
    mask = np.zeros((9, 11), bool)
    mask[3:5, 3:5] = True
    out = fill_mean(image, mask)
    assert out.dtype == image.dtype and (out[~mask] == image[~mask]).all()
    (out, alpha), (image, expected) = parted(out), parted(image)
    assert (alpha == expected).all()
    mean = image[~mask].astype(np.float64).mean(0)
    expected = mean > 0.5 if dtype == "bool" else np.rint(mean) if image.dtype.kind in "iu" else mean
    np.testing.assert_allclose(out[mask].astype(np.float64), np.broadcast_to(expected, out[mask].shape), atol=1e-3)


def test_fill_mean_of_everything() -> None:
    image = picture("uint8", (9, 11, 3))
    assert len(np.unique(fill_mean(image, np.ones((9, 11), bool)).reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize("fill", [fill_smooth, fill_texture])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_hole_alone_is_touched(dtype: str, shape: tuple[int, ...], fill: Callable[..., np.ndarray]) -> None:
    image = picture(dtype, shape)
    mask = np.zeros((9, 11), bool)
    mask[3:6, 3:7] = True
    out = fill(image, mask)
    assert out.dtype == image.dtype and out.shape == image.shape
    assert out[~mask].tobytes() == image[~mask].tobytes()
    assert parted(out)[1].tobytes() == parted(image)[1].tobytes()


@pytest.mark.parametrize("side", [60, 400])
def test_fill_smooth_continues_a_slope(side: int) -> None:
    rows, columns = np.mgrid[:side, :side] / side
    image = np.stack([rows, columns, (rows + columns) / 2], 2)
    mask = np.zeros((side, side), bool)
    mask[side // 4 : side // 2, side // 3 : side // 2] = True
    noise = image.copy()
    noise[mask] = np.random.default_rng(0).random((mask.sum(), 3))
    out = fill_smooth(noise, mask)
    assert np.abs(out - image).max() < 0.02
    assert np.abs(fill_mean(noise, mask) - image).max() > 0.2


def test_fill_smooth_of_specks_and_of_everything() -> None:
    image = np.full((200, 200), 100, np.uint8)
    specks = np.random.default_rng(0).random((200, 200)) < 0.02
    damaged = np.where(specks, 255, image)
    assert np.abs(fill_smooth(damaged, specks).astype(int) - 100).max() <= 1
    everything = np.ones((200, 200), bool)
    assert np.array_equal(fill_smooth(image, everything), fill_mean(image, everything))


def test_fill_texture_mirrors_what_is_around_over_a_blur() -> None:
    image = np.random.default_rng(0).random((60, 60, 3))
    mask = np.zeros((60, 60), bool)
    mask[:, 25:] = True
    hidden = np.where(mask[..., None], 9.0, image)
    out, smooth = fill_texture(hidden, mask), fill_smooth(hidden, mask)
    np.testing.assert_allclose(out[:, 25:49], TEXTURE * image[:, 23::-1] + (1 - TEXTURE) * smooth[:, 25:49])
    np.testing.assert_allclose(out[:, 55], TEXTURE * image[:, 24] + (1 - TEXTURE) * smooth[:, 55])


def test_fill_texture_takes_the_near_side_more() -> None:
    image, mask = np.zeros((60, 60)), np.zeros((60, 60), bool)
    mask[20:40, 20:40] = True
    image[:20] = 1.0
    out, smooth = fill_texture(image, mask), fill_smooth(image, mask)
    rows = (out - (1 - TEXTURE) * smooth)[20:40, 30] / TEXTURE
    assert (np.diff(rows) < 0).all() and rows[0] > 0.95 and rows[-1] < 0.05


def test_fill_texture_shows_no_hole_and_stays_in_the_picture() -> None:
    image = np.full((40, 40), 100, np.uint8)
    holes = np.zeros((40, 40), bool)
    holes[:12, :12] = holes[14:20, 5:30] = holes[21:23] = True
    damaged = np.where(holes, 255, image)
    assert np.abs(fill_texture(damaged, holes).astype(int) - 100).max() <= 1
    everything = np.ones((40, 40), bool)
    assert np.array_equal(fill_texture(image, everything), fill_mean(image, everything))


def test_fill_smooth_of_a_large_hole_needs_little_memory() -> None:
    image, mask = picture("uint8", (960, 1280, 3)), np.zeros((960, 1280), bool)
    mask[60:900, 100:1100] = True
    tracemalloc.start()
    fill_smooth(image, mask)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * image.nbytes
