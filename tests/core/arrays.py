"""Pictures of any dtype and shape."""

import numpy as np

DTYPES = ["bool", "uint8", "int16", "uint16", "float16", "float32", "float64"]
SHAPES = [(9, 11), (9, 11, 1), (9, 11, 3), (9, 11, 4)]


def picture(dtype: str, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).random(shape)
    if dtype == "bool":
        return values > 0.5
    if np.dtype(dtype).kind == "f":
        return values.astype(dtype)
    info = np.iinfo(dtype)
    return (info.min + values * (float(info.max) - info.min)).astype(dtype)
