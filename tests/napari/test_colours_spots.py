"""Channels read as colours, and written back only where they changed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from napari.layers import Image

from napari_robust_synth._napari.layers.colours import of_axis
from napari_robust_synth._napari.layers.destination import refusal, written
from napari_robust_synth._napari.layers.world import World

LIMITS = {"u1": (0, 255), "<u2": (100, 4000), ">u2": (0, 65535), "<i2": (-500, 500), "<f4": (-1, 2), "<f8": (0, 1)}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    dtype=st.sampled_from(list(LIMITS)),
    axis=st.sampled_from([0, 1]),
    chosen=st.permutations(range(4)),
    seed=st.integers(0, 2**32 - 1),
)
def test_only_what_changed_is_written(dtype: str, axis: int, chosen: list[int], seed: int) -> None:
    random, (low, high) = np.random.default_rng(seed), LIMITS[dtype]
    shape = (4, 2, 12, 15) if axis == 0 else (2, 4, 12, 15)
    data = (low + (high - low) * random.random(shape)).astype(dtype)
    layer = Image(data, contrast_limits=(low, high))
    point = [0, 0, 0, 0]
    point[1 - axis] = 1
    plane = of_axis(layer, axis, chosen[:3], World(tuple(point)))
    part = (slice(2, 9), slice(3, 14))
    colours = plane.pixels(part)
    np.testing.assert_allclose(
        colours[..., 0] * (high - low) + low, data.take(chosen[0], axis)[1][part], atol=(high - low) * 1e-6
    )
    where = random.random((1, 1, *colours.shape)) < 0.3
    result = plane.stacked(np.where(where[0, 0], random.random(colours.shape), colours).astype(np.float32))
    spots = plane.spots((2, 3, 9, 14))
    assert refusal(spots, result) == ""
    after = written(spots, layer, data, result, where)
    changed = np.zeros(shape, bool)
    for number, channel in enumerate(chosen[:3]):
        index: list = [1, 1, *part]
        index[axis] = channel
        changed[tuple(index)] = where[0, 0, ..., number]
        wished = low + (high - low) * result[0, 0, ..., number].astype(np.float64)
        tolerance = 0.5 if np.dtype(dtype).kind in "iu" else 1e-6
        error = np.abs(after[tuple(index)].astype(np.float64) - wished)[where[0, 0, ..., number]]
        assert (error <= tolerance).all()
    assert after.dtype == data.dtype and after[~changed].tobytes() == data[~changed].tobytes()
