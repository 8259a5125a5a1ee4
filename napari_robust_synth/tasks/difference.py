"""What was added to a picture, in a type that holds it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def difference(source: NDArray[Any], result: NDArray[Any]) -> NDArray[Any]:
    """Return the signed difference that, added to the source, gives the result.

    Parameters
    ----------
    source, result : array
        Pictures of one shape and dtype.

    Returns
    -------
    array
        Integers for integers (of twice the bits, int8 for bool): ``source + difference == result``. float64 for
        floats: the sum is the result to 1 ulp.

    Raises
    ------
    ValueError
        When shapes or types differ, or a 64-bit difference does not fit 64 bits.
    """
    if source.shape != result.shape or source.dtype != result.dtype:
        raise ValueError(
            f"the result is {result.dtype} {result.shape}, but the source {source.dtype} {source.shape}: "
            "only pictures of one size and type have a difference"
        )
    if source.dtype.kind == "f":
        exact: NDArray[Any] = result.astype(np.float64) - source.astype(np.float64)
        return exact
    wide = signed(source.dtype)
    change: NDArray[Any] = result.astype(wide) - source.astype(wide)
    if source.dtype.itemsize == 8 and ((change < 0) != (result < source)).any():
        raise ValueError(f"the difference of these {source.dtype} pictures does not fit 64 bits: convert them to 32")
    return change


def signed(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the signed integers that hold the differences of a type of integers."""
    bits = 4 if dtype.kind == "b" else min(16 * dtype.itemsize // 2, 64)
    return np.dtype(f"int{2 * bits}") if bits < 64 else np.dtype(np.int64)
