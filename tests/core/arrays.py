"""Pictures of any dtype and shape."""

import numpy as np

DTYPES = ["bool", "uint8", "int16", "uint16", "float16", "float32", "float64"]
SHAPES = [(9, 11), (9, 11, 1), (9, 11, 2), (9, 11, 3), (9, 11, 4)]


def picture(dtype: str, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).random(shape)
    if dtype == "bool":
        return values > 0.5
    if np.dtype(dtype).kind == "f":
        return values.astype(dtype)
    info = np.iinfo(dtype)
    return (info.min + values * (float(info.max) - info.min)).astype(dtype)


def parted(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Grey or colours, and alpha, (H, W, 0) where there is none."""
    channels = image.reshape(*image.shape[:2], -1)
    colours = 1 if channels.shape[2] < 3 else 3
    return channels[..., :colours], channels[..., colours:]
