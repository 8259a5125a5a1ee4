"""Pictures that hold more than pixels of one kind: grey with transparency, and JPEGs with a preview."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_robust_synth.models import Classifier
from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.stacks import encode_stack, read_stack
from napari_robust_synth.tasks import Job, Translate

GREY = np.arange(20 * 24, dtype=np.uint16).reshape(20, 24) % 256


def with_alpha(grey: np.ndarray, white: int) -> np.ndarray:
    return np.stack([grey, np.where(grey == 3, 0, white).astype(grey.dtype)], 2)


def test_a_jpeg_with_a_preview_is_its_first_picture(tmp_path: Path) -> None:
    photo = np.dstack([GREY, GREY[::-1], GREY // 2]).astype(np.uint8)
    alone, path = tmp_path / "alone.jpg", tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(photo).save(alone, exif=exif)
    preview = Image.fromarray(photo[::2, ::2])
    Image.fromarray(photo).save(path, format="MPO", save_all=True, append_images=[preview], exif=exif)
    with Image.open(path) as file:
        assert file.n_frames == 2
    np.testing.assert_array_equal(decode.read(path).pixels, decode.read(alone).pixels)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_grey_with_alpha_stays_so(tmp_path: Path, suffix: str) -> None:
    path, pixels = tmp_path / f"la{suffix}", with_alpha(GREY.astype(np.uint8), 255)
    Image.fromarray(pixels, "LA").save(path, icc_profile=b"grey")
    back = decode.read(path)
    np.testing.assert_array_equal(back.pixels, pixels)
    assert back.icc == b"grey"


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_a_transparent_grey_becomes_alpha(tmp_path: Path, bits: int) -> None:
    path, stored = tmp_path / "t.png", GREY % 2 ** min(bits, 8)
    level = 1 if bits == 1 else 3
    image = Image.fromarray(stored.astype(np.uint16 if bits == 16 else np.uint8))
    if bits == 1:
        image = image.point(lambda value: 255 * value, "1")
    image.save(path, transparency=level, **({"bits": bits} if bits in (2, 4) else {}))
    seen = stored.astype(np.uint16) if bits == 16 else (stored * (255 // (2**bits - 1))).astype(np.uint8)
    expected = np.stack([seen, np.where(stored == level, 0, 2 ** max(bits, 8) - 1).astype(seen.dtype)], 2)
    pixels = decode.read(path).pixels
    assert pixels.dtype == expected.dtype
    np.testing.assert_array_equal(pixels, expected)


def test_two_channels_that_are_no_alpha_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.tif"
    tifffile.imwrite(path, with_alpha(GREY, 65535), photometric="minisblack", planarconfig="contig")
    with pytest.raises(ValueError, match="2 channels, the second no alpha, expected grey, RGB or RGBA"):
        decode.read(path)


def test_a_stack_of_grey_with_alpha(tmp_path: Path) -> None:
    path, stack = tmp_path / "stack.tif", np.stack([with_alpha(GREY, 65535)] * 3)
    path.write_bytes(encode_stack(path, stack, True))
    pixels, channels_last = read_stack(path)
    assert channels_last
    np.testing.assert_array_equal(pixels, stack)


@pytest.mark.parametrize("transparent", [True, False])
def test_a_transparent_grey_picture_gets_a_grey_change(tmp_path: Path, tiny: Classifier, transparent: bool) -> None:
    source, goal = tmp_path / "a.png", tmp_path / "b.png"
    grey = (GREY // 2 + 60).astype(np.uint8)
    Image.fromarray(grey).save(source, **({"transparency": 70} if transparent else {}))
    pixels = decode.read(source).pixels
    result = Job(Translate(steps=2, step_size=10.0, eps=40.0), tiny, image=pixels, label="church").run()
    goal.write_bytes(encode.encode(goal, result))
    with Image.open(goal) as written:
        assert written.mode == ("LA" if transparent else "L")
        assert (np.asarray(written.getchannel(0)) != grey).any()
        if transparent:
            np.testing.assert_array_equal(written.getchannel("A"), np.where(grey == 70, 0, 255))
