"""Outside the mask every bit stays; inside something happens; dtype, size, alpha and grey stay."""

import numpy as np
import pytest

from napari_robust_synth import core
from napari_robust_synth.models import Classifier
from napari_robust_synth.tasks import TASKS, Inpaint, Job, Paint

DTYPES = ["bool", "uint8", "uint16", "float32", "float64"]
CHANNELS = [(), (1,), (2,), (3,), (4,)]


def picture(dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    values = np.random.default_rng(0).random(shape)
    if dtype == "bool":
        return values > 0.5
    return values.astype(dtype) if dtype[0] == "f" else (values * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize("name", ["paint", "inpaint"])
@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_outside_is_bit_identical(dtype: str, channels: tuple[int, ...], name: str, tiny: Classifier) -> None:
    image = picture(dtype, (37, 61, *channels))
    mask = np.zeros((37, 61), bool)
    mask[5:30, 8:40] = True
    mask[10:14, 20:25] = False
    job = Job(TASKS[name](steps=1), tiny, image=image, mask=mask, label="church", size=32)
    result = job.result(1 - job.start)
    assert result.shape == image.shape and result.dtype == image.dtype
    assert result[~mask].tobytes() == image[~mask].tobytes()
    assert (result[mask] != image[mask]).any()
    if channels in ((2,), (4,)):
        assert result[..., -1].tobytes() == image[..., -1].tobytes()


@pytest.mark.parametrize("mask_size", [1, 3])
def test_a_tiny_region_of_a_large_picture(mask_size: int, tiny: Classifier) -> None:
    image = picture("uint8", (300, 2000, 3))
    mask = np.zeros((300, 2000), bool)
    mask[-mask_size:, :mask_size] = True
    job = Job(Inpaint(steps=1), tiny, image=image, mask=mask, label="church")
    result = job.run()
    assert job.picture.crop.shape == (128, 128)
    assert np.array_equal(result[~mask], image[~mask]) and (result[mask] != image[mask]).any()


@pytest.mark.parametrize(("side", "keep", "reach"), [(3, 1000.0, 0.2), (9, 1000.0, 0.6), (40, 1000.0, 1), (3, 10.0, 1)])
def test_a_small_hole_is_filled_with_as_little_change_a_pixel(
    side: int, keep: float, reach: float, tiny: Classifier
) -> None:
    mask = np.zeros((56, 56), bool)
    mask[8 : 8 + side, 8 : 8 + side] = True
    task = Inpaint(eps=2, step_size=1, steps=4, keep=keep)
    job = Job(task, tiny, image=picture("uint8", (56, 56, 3)), mask=mask, label="church", size=56)
    change = core.last(job.states()).x - job.start
    assert float(change.norm()) == pytest.approx(reach * 2 * 56 / 224, rel=0.02)


def test_a_mask_of_everything_may_change_everything(tiny: Classifier) -> None:
    image = picture("uint8", (40, 40, 3))
    job = Job(
        Paint(steps=3, step_size=10.0, eps=200.0, keep=0.0), tiny, image=image, mask=np.ones((40, 40)), label="church"
    )
    changed = (job.run() != image).any(2)
    assert changed.mean() > 0.9 and changed[:4, :4].mean() > 0.7


def test_values_beyond_the_contrast_limits_survive(tiny: Classifier) -> None:
    image = (np.arange(40 * 40).reshape(40, 40) * 10).astype(np.uint16)
    mask = np.zeros((40, 40), bool)
    mask[10:20, 10:20] = True
    result = Job(Paint(steps=1), tiny, image=image, mask=mask, label="church", value_range=(2000, 6000)).run()
    assert np.array_equal(result[~mask], image[~mask]) and (result[mask] != image[mask]).any()


def test_twelve_megapixels(tiny: Classifier) -> None:
    image = np.full((3000, 4000, 3), 90, np.uint8)
    mask = np.zeros((3000, 4000), bool)
    mask[1000:1400, 2000:2500] = True
    result = Job(Paint(steps=1, step_size=10.0), tiny, image=image, mask=mask, label="church").run()
    assert (result[~mask] == 90).all() and (result[mask] != 90).any()
