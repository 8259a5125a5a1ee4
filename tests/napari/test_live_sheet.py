"""The parts of a live painting, put together as one picture."""

import numpy as np
import pytest

from napari_robust_synth._napari.live.sheet import MOST_PIXELS, Sheet, laid_on
from napari_robust_synth.core import Crop


def part(height: int, width: int, value: int, shown: slice = slice(None)) -> np.ndarray:
    picture = np.zeros((height, width, 4), np.uint8)
    picture[..., :3] = value
    picture[shown, :, 3] = 255
    return picture


def test_a_part_covers_its_crop() -> None:
    sheet = Sheet(Crop(10, 20, 50, 60), (50, 100))
    sheet.put("a", Crop(10, 20, 50, 60), laid_on(part(20, 20, 7, slice(10)), Crop(10, 20, 50, 60)))
    assert sheet.box == Crop(0, 10, 50, 70) and sheet.pixels.shape == (50, 60, 4), "it begins with room to grow"
    shown = sheet.pixels[10:, 10:50]
    assert (shown[:20] == (7, 7, 7, 255)).all() and (shown[20:] == (7, 7, 7, 0)).all()
    assert (sheet.pixels[:10] == 0).all() and (sheet.pixels[:, :10] == 0).all() and (sheet.pixels[:, 50:] == 0).all()


def test_it_grows_and_keeps_what_it_shows() -> None:
    sheet = Sheet(Crop(10, 20, 50, 60), (50, 100))
    sheet.put("a", Crop(10, 20, 50, 60), part(40, 40, 7))
    sheet.put("b", Crop(0, 40, 30, 100), laid_on(part(15, 30, 9), Crop(0, 40, 30, 100)))
    assert sheet.box == Crop(0, 0, 50, 100)
    assert (sheet.pixels[30:, 20:60] == (7, 7, 7, 255)).all()
    assert (sheet.pixels[:30, 40:] == (9, 9, 9, 255)).all()
    assert (sheet.pixels[30:, 60:, 3] == 0).all()


def test_strokes_beside_each_other_leave_its_size_alone() -> None:
    sheet = Sheet(Crop(0, 0, 40, 40), (400, 400))
    sizes = set()
    for i in range(0, 360, 10):
        sheet.put(i, Crop(i, i, i + 40, i + 40), part(40, 40, 7))
        sizes.add(sheet.pixels.shape)
    assert len(sizes) < 10 and (sheet.pixels[range(390), range(390), 3] == 255).all()
    assert Sheet(Crop(0, 0, 900, 900), (9000, 9000)).box == Crop(0, 0, 900, 900), "more would be too many pixels"


def test_a_long_stroke_takes_no_more_sheets_than_it_has_to() -> None:
    crops, sheets = [Crop(500, left, 728, left + 228) for left in range(0, 3000, 40)], list[Sheet]()
    for crop in crops:
        if not sheets or not sheets[-1].takes(crop):
            sheets.append(Sheet(crop, (4096, 4096)))
        sheets[-1].put(crop, crop, part(228, 228, 7))
        assert sheets[-1].pixels.shape[:2] == sheets[-1].box.shape and sheets[-1].pixels.size <= 4 * MOST_PIXELS
    assert len(sheets) == 1, "all that is drawn is of fewer pixels"
    assert (sheets[0].pixels[..., 3] > 0).sum() == 228 * (crops[-1].right - crops[0].left)


def test_a_part_wipes_out_what_it_has_shown_itself_alone() -> None:
    sheet = Sheet(Crop(0, 0, 40, 40), (40, 40))
    sheet.put("a", Crop(0, 0, 40, 40), part(40, 40, 7, slice(20)))
    sheet.put("b", Crop(0, 0, 40, 40), part(40, 40, 9, slice(20, 40)))
    sheet.put("a", Crop(0, 0, 40, 40), part(40, 40, 7, slice(10)))
    assert (sheet.pixels[:10, :, 0] == 7).all() and (sheet.pixels[10:20, :, 3] == 0).all()
    assert (sheet.pixels[20:, :, 0] == 9).all()


def test_parts_far_apart_do_not_share_one() -> None:
    sheet = Sheet(Crop(0, 0, 100, 100), (9000, 9000))
    assert sheet.takes(Crop(500, 500, 600, 600))
    assert not sheet.takes(Crop(4000, 4000, 4100, 4100))
    side = int(MOST_PIXELS**0.5)
    assert not Sheet(Crop(0, 0, side, side), (9000, 9000)).takes(Crop(5, 5, 9, side + 1))


def test_a_large_part_is_shown_with_fewer_pixels() -> None:
    crop = Crop(10, 20, 3010, 4020)
    shown = laid_on(part(30, 40, 7, slice(15)), crop)
    assert shown.shape[0] * shown.shape[1] <= MOST_PIXELS
    assert shown.shape[1] / shown.shape[0] == pytest.approx(4 / 3, rel=0.01)
    sheet = Sheet(crop, (9000, 9000))
    sheet.put("a", crop, shown)
    assert sheet.box == crop and sheet.pixels.shape == shown.shape and (sheet.pixels == shown).all()
    assert not sheet.takes(Crop(20, 30, 40, 50)), "that is shown with its own"
