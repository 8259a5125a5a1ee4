"""A difference added to the source is the result: exact for integers, to one ulp for floats."""

import numpy as np
import pytest

from napari_robust_synth.tasks.difference import difference


@pytest.mark.parametrize("dtype", ["bool", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
def test_integers_are_exact(dtype: str) -> None:
    random = np.random.default_rng(0)
    high = 2 if dtype == "bool" else min(np.iinfo(dtype).max, 2**40)
    low = 0 if dtype in ("bool", "u1", "u2", "u4", "u8") else -high
    source, result = (random.integers(low, high, (9, 8, 3)).astype(dtype) for _ in range(2))
    source[0, 0], result[0, 0] = np.array([low, high, high - 1]).astype(dtype), np.array([high, low, 0]).astype(dtype)
    change = difference(source, result)
    assert change.dtype.kind == "i"
    assert [int(s) + int(c) for s, c in zip(source.flat, change.flat, strict=True)] == [int(r) for r in result.flat]
    np.testing.assert_array_equal(source + change, result)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_to_one_ulp(dtype: type) -> None:
    random = np.random.default_rng(0)
    source, result = (random.random((50, 50)).astype(dtype) for _ in range(2))
    source[0, 0], result[0, 0] = 1, 1e-4
    total = (source + difference(source, result)).astype(dtype)
    assert (np.abs(total - result) <= np.spacing(np.maximum(source, result))).all()


def test_what_does_not_fit_is_refused() -> None:
    far = np.array([[2**63 - 1]]), np.array([[-(2**63)]])
    with pytest.raises(ValueError, match="does not fit 64 bits"):
        difference(*far)
    with pytest.raises(ValueError, match="only pictures of one size and type"):
        difference(np.zeros((2, 2), np.uint8), np.zeros((2, 3), np.uint8))
