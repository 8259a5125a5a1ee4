"""What a person would use without a classifier: simple fillings of a hole, and kernels that enlarge."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image
from skimage.restoration import inpaint_biharmonic

from napari_robust_synth import core
from napari_robust_synth.evaluation.pool import Pixels

TELEA_RADIUS = 3
Mask = core.Mask


def _biharmonic(image: Pixels, mask: Mask) -> Pixels:
    smooth = inpaint_biharmonic(image, mask, channel_axis=-1)
    return np.where(mask[..., None], np.rint(smooth.clip(0, 1) * 255), image).astype(np.uint8)


def _opencv(method: int) -> Callable[[Pixels, Mask], Pixels]:
    return lambda image, mask: np.asarray(cv2.inpaint(image, mask.astype(np.uint8), TELEA_RADIUS, method), np.uint8)


FILLINGS: dict[str, Callable[[Pixels, Mask], Pixels]] = {
    "mean colour": core.fill_mean,
    "biharmonic (scikit-image)": _biharmonic,
    "Telea (OpenCV)": _opencv(cv2.INPAINT_TELEA),
    "Navier-Stokes (OpenCV)": _opencv(cv2.INPAINT_NS),
}
KERNELS = {
    "nearest": Image.Resampling.NEAREST,
    "bicubic": Image.Resampling.BICUBIC,
    "Lanczos": Image.Resampling.LANCZOS,
}


def enlarge(small: Pixels, side: int, kernel: str) -> Pixels:
    """Enlarge a square picture with one of `KERNELS`, as Pillow does."""
    return np.asarray(Image.fromarray(small).resize((side, side), KERNELS[kernel]))


def area_means(image: Pixels, factor: int) -> Pixels:
    """Shrink a square (S, S, 3): each pixel is the mean of ``factor`` x ``factor``."""
    side = image.shape[0] // factor
    blocks = image[: side * factor, : side * factor].reshape(side, factor, side, factor, 3)
    means: Pixels = np.rint(blocks.mean((1, 3))).astype(np.uint8)
    return means
