"""Picture files of every kind become 8-bit RGB, and what cannot be read is one line."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_robust_synth.training.pictures import read_picture

GREY = np.tile(np.arange(0, 256, 8, np.uint8), (16, 1))
RGB = np.stack([GREY, GREY[:, ::-1], GREY // 2], 2)


def save(path: Path, pixels: np.ndarray) -> Path:
    if path.suffix == ".tif":
        tifffile.imwrite(path, pixels)
    else:
        Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize("suffix", ["png", "bmp", "ppm", "gif", "tif", "jpg", "webp"])
@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "rgb"])
def test_formats(tmp_path: Path, suffix: str, pixels: np.ndarray) -> None:
    image = read_picture(save(tmp_path / f"a.{suffix}", pixels))
    expected = pixels if pixels.ndim == 3 else np.stack([pixels] * 3, 2)
    assert (image.mode, image.size) == ("RGB", (32, 16))
    assert np.abs(np.asarray(image).astype(int) - expected).mean() < (12 if suffix in ("jpg", "webp", "gif") else 0.01)


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("grey.png", GREY.astype(np.uint16) * 257),
        ("grey.tif", GREY.astype(np.uint16) * 257),
        ("rgb.tif", RGB.astype(np.uint16) * 257),
        ("float.tif", GREY.astype(np.float32) / 255),
    ],
)
def test_deep_pixels_are_scaled_by_their_type(tmp_path: Path, name: str, pixels: np.ndarray) -> None:
    expected = RGB if name.startswith("rgb") else np.stack([GREY] * 3, 2)
    assert np.array_equal(np.asarray(read_picture(save(tmp_path / name, pixels))), expected)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "CMYK"])
def test_modes(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
    Image.fromarray(RGB).convert(mode).save(path)
    assert read_picture(path).mode == "RGB"


def test_a_palette_with_transparency_warns_of_nothing(tmp_path: Path) -> None:
    Image.fromarray(RGB).convert("P").save(tmp_path / "a.png", transparency=bytes(range(256)))
    assert read_picture(tmp_path / "a.png").mode == "RGB"


def test_of_several_pages_the_first(tmp_path: Path) -> None:
    save(tmp_path / "a.tif", np.stack([RGB, 255 - RGB]))
    assert np.array_equal(np.asarray(read_picture(tmp_path / "a.tif")), RGB)


def test_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(RGB).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(np.asarray(read_picture(tmp_path / "a.png")), np.rot90(RGB, -1))


def test_a_large_jpeg_is_decoded_smaller_but_not_too_small(tmp_path: Path) -> None:
    save(tmp_path / "a.jpg", np.zeros((600, 800, 3), np.uint8))
    assert read_picture(tmp_path / "a.jpg").size == (800, 600)
    assert read_picture(tmp_path / "a.jpg", 140).size == (200, 150)


def test_unreadable(tmp_path: Path) -> None:
    whole = save(tmp_path / "whole.jpg", np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.tif").touch()
    save(tmp_path / "wild.tif", GREY.astype(np.float32))
    reasons = {"half.jpg": "truncated", "text.png": "not a picture", "empty.tif": "",
               "wild.tif": "values from 0 to 248", "none.png": "No such file"}  # fmt: skip
    for name, reason in reasons.items():
        with pytest.raises(ValueError, match=name) as caught:
            read_picture(tmp_path / name)
        assert reason in str(caught.value) and "\n" not in str(caught.value)
