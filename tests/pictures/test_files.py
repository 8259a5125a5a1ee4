"""Reading and writing picture files."""

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms, ImageOps

from napari_robust_synth.pictures import decode, encode, files

CHANNELS = {"grey": (), "grey+alpha": (2,), "RGB": (3,), "RGBA": (4,)}
HELD = [
    *((".tif", dtype, kind) for dtype in ("uint8", "uint16", "int16", "float32", "float64") for kind in CHANNELS),
    *((".png", "uint8", kind) for kind in CHANNELS),
    (".png", "uint16", "grey"),
    (".webp", "uint8", "RGB"),
    (".webp", "uint8", "RGBA"),
    (".bmp", "uint8", "grey"),
    (".bmp", "uint8", "RGB"),
]


def noise(dtype: str, *shape: int) -> np.ndarray:
    values = np.random.default_rng(0).random(shape)
    return values.astype(dtype) if dtype.startswith("float") else (values * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize(("suffix", "dtype", "kind"), HELD)
def test_round_trip_keeps_every_bit(tmp_path: Path, suffix: str, dtype: str, kind: str) -> None:
    pixels = noise(dtype, 37, 41, *CHANNELS[kind])
    path = tmp_path / f"a{suffix}"
    path.write_bytes(encode.encode(path, pixels, b"profile" if suffix != ".bmp" else None))
    back = decode.read(path)
    assert back.pixels.dtype == pixels.dtype
    np.testing.assert_array_equal(back.pixels, pixels)
    assert back.icc == (b"profile" if suffix != ".bmp" else None)


@pytest.mark.parametrize(
    ("name", "dtype", "kind"),
    [
        ("a.png", "uint16", "RGB"),
        ("a.png", "float32", "grey"),
        ("a.png", "uint16", "grey+alpha"),
        ("a.jpg", "uint16", "grey"),
        ("a.jpeg", "uint8", "RGBA"),
        ("a.webp", "uint8", "grey"),
        ("a.bmp", "uint8", "RGBA"),
        ("a.webp", "uint8", "grey+alpha"),
        ("a.jpg", "uint8", "grey+alpha"),
    ],
)
def test_refuses_what_a_format_cannot_hold(name: str, dtype: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"can't hold a \w+ [\w+]+ picture as it is: write a\.tif"):
        encode.check_format(Path(name), np.dtype(dtype), (20, 20, *CHANNELS[kind]))


def test_refuses_sides_beyond_the_format() -> None:
    with pytest.raises(ValueError, match="WebP holds at most 16383 px"):
        encode.check_format(Path("a.webp"), np.dtype("uint8"), (20, 17_000, 3))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
def test_exif_orientation_is_respected(tmp_path: Path, suffix: str, orientation: int) -> None:
    image = Image.fromarray(noise("uint8", 9, 12, 3))
    exif = image.getexif()
    exif[274] = orientation
    path = tmp_path / f"turned{suffix}"
    image.save(path, exif=exif)
    with Image.open(path) as file:
        expected = np.asarray(ImageOps.exif_transpose(file))
    np.testing.assert_array_equal(decode.read(path).pixels, expected)


def test_16_bit_colour_png_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    path.write_bytes(encode.encode(path, noise("uint16", 20, 20)))
    grey = decode.read(path)
    assert grey.pixels.dtype == np.uint16
    data = bytearray(path.read_bytes())
    data[25] = 2
    path.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=r"deep\.png can't be read: it is a 16-bit colour PNG.*convert it to TIFF"):
        decode.read(path)
    data[25] = 4
    path.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=r"16-bit grey\+alpha PNG"):
        decode.read(path)


def test_palettes_and_transparency(tmp_path: Path) -> None:
    colours = Image.fromarray(noise("uint8", 9, 12, 3)).quantize(8)
    colours.save(tmp_path / "p.png")
    np.testing.assert_array_equal(decode.read(tmp_path / "p.png").pixels, np.asarray(colours.convert("RGB")))
    colours.save(tmp_path / "t.png", transparency=0)
    assert decode.read(tmp_path / "t.png").pixels.shape == (9, 12, 4)
    Image.fromarray(noise("uint8", 9, 12, 3)).save(tmp_path / "rgb.png", transparency=(1, 2, 3))
    assert decode.read(tmp_path / "rgb.png").pixels.shape == (9, 12, 4)


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_compressed_tiff(tmp_path: Path, compression: str) -> None:
    pixels = noise("uint8", 20, 24, 3)
    Image.fromarray(pixels).save(tmp_path / "c.tif", compression=compression)
    np.testing.assert_array_equal(decode.read(tmp_path / "c.tif").pixels, pixels)


def test_tiff_layouts(tmp_path: Path) -> None:
    path, pixels = tmp_path / "a.tif", noise("uint16", 3, 20, 24)
    tifffile.imwrite(path, pixels, photometric="rgb", planarconfig="separate", byteorder=">")
    back = decode.read(path).pixels
    np.testing.assert_array_equal(back, pixels.transpose(1, 2, 0))
    assert back.dtype.isnative
    tifffile.imwrite(path, noise("uint8", 20, 24), photometric="miniswhite")
    np.testing.assert_array_equal(decode.read(path).pixels, 255 - noise("uint8", 20, 24))
    tifffile.imwrite(path, pixels[0], photometric="miniswhite")
    with pytest.raises(ValueError, match="MINISWHITE, expected grey or RGB; save it"):
        decode.read(path)
    tifffile.imwrite(path, noise("uint8", 20, 24, 4), photometric="rgb", extrasamples=["assocalpha"])
    with pytest.raises(ValueError, match="straight alpha"):
        decode.read(path)


def test_odd_pictures_are_refused(tmp_path: Path) -> None:
    frames = [Image.fromarray(noise("uint8", 9, 12, 3) // part) for part in (1, 2)]
    frames[0].save(tmp_path / "moves.png", save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match="several pictures"):
        decode.read(tmp_path / "moves.png")
    frames[0].convert("CMYK").save(tmp_path / "print.jpg")
    with pytest.raises(ValueError, match="CMYK: convert it to RGB"):
        decode.read(tmp_path / "print.jpg")
    header = encode.encode(Path("a.bmp"), noise("uint8", 9, 12))
    huge = header[:18] + (60_000).to_bytes(4, "little") * 2 + header[26:]
    (tmp_path / "huge.bmp").write_bytes(huge)
    with pytest.raises(ValueError, match=r"huge\.bmp can't be read"):
        decode.read(tmp_path / "huge.bmp")


def test_jpeg_keeps_the_profile() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode.encode(Path("a.jpg"), noise("uint8", 20, 20, 3), profile)
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"] == profile


def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"old")
    moved: list[Path] = []
    replace = Path.replace

    def fail_at_second(self: Path, target: Path) -> Path:
        if target == second:
            raise OSError(28, "No space left on device", str(target))
        moved.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_second)
    with pytest.raises(OSError, match="No space left"):
        files.write_all({first: b"new", second: b"new"})
    assert first in moved
    assert first.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [first]
    with pytest.raises(OSError, match="No space left"):
        files.write_all({tmp_path / "made" / "a": b"new", second: b"new"})
    assert list(tmp_path.iterdir()) == [first]


def test_files_are_replaced_and_readable_as_usual(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a"
    files.write_all({path: b"one"})
    files.write_all({path: b"two"})
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]
    usual = tmp_path / "usual"
    usual.touch()
    assert path.stat().st_mode == usual.stat().st_mode
