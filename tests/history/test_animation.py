"""Animated files show the frames that were given, and are written whole or not at all."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_robust_synth.history.animation import write_animation


def frames(channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 12, 16, channels), np.uint8)


def read(path: Path, mode: str) -> np.ndarray:
    with Image.open(path) as file:
        found = []
        for i in range(file.n_frames):
            file.seek(i)
            found.append(np.asarray(file.convert(mode)))
        return np.stack(found)


@pytest.mark.parametrize("channels", [3, 4])
def test_png_keeps_every_pixel(tmp_path: Path, channels: int) -> None:
    write_animation(frames(channels), tmp_path / "run.png")
    assert np.array_equal(read(tmp_path / "run.png", "RGBA" if channels == 4 else "RGB"), frames(channels))


@pytest.mark.parametrize("channels", [3, 4])
def test_tiff_keeps_every_pixel_and_is_a_time_series(tmp_path: Path, channels: int) -> None:
    write_animation(frames(channels), tmp_path / "run.tif", per_second=5)
    with tifffile.TiffFile(tmp_path / "run.tif") as file:
        assert file.series[0].axes == "TYXS"
        assert file.shaped_metadata[0]["fps"] == 5
        assert np.array_equal(file.asarray(), frames(channels))


def test_gif_has_the_frames_and_the_speed(tmp_path: Path) -> None:
    grey = np.broadcast_to(np.arange(0, 250, 50, dtype=np.uint8)[:, None, None, None], (5, 12, 16, 3))
    write_animation(grey, tmp_path / "run.gif", per_second=10)
    assert np.array_equal(read(tmp_path / "run.gif", "RGB"), grey)
    with Image.open(tmp_path / "run.gif") as file:
        assert (file.info["duration"], file.info["loop"]) == (100, 0)


@pytest.mark.parametrize("name", ["run.png", "run.gif", "run.tif"])
def test_an_interrupted_file_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"before")

    def tick() -> None:
        ticks.append(0)
        if len(ticks) == 3:
            raise KeyboardInterrupt

    ticks: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        write_animation(frames(), tmp_path / name, tick=tick)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"before"


def test_bad_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the file is 'run.mp4', expected a name that ends in .png, .gif or .tif"):
        write_animation(frames(), tmp_path / "run.mp4")
    with pytest.raises(ValueError, match=r"can't be written \(No such file or directory\): choose another place"):
        write_animation(frames(), tmp_path / "nowhere" / "run.png")
