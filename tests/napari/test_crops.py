"""Crops of the right place, size and class, whatever the transforms of the layers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from napari.layers import Image, Labels, Shapes
from PIL import Image as Picture

from napari_robust_synth._napari.layers.crops import OBJECTS, TILES, Box, Cutting, counts, crops, eight_bit, write_crops
from napari_robust_synth._napari.layers.marks import colour_of, read_marks
from napari_robust_synth._napari.layers.planes import read_plane
from napari_robust_synth._napari.layers.world import World

HERE = World((0, 0))
PLACE = {"scale": (2, 3), "translate": (5, 7), "rotate": 30}


def squares(shape: tuple[int, int] = (100, 200), side: int = 20) -> np.ndarray:
    """Two objects of label 1, one of label 2, a speck of label 3."""
    labels = np.zeros(shape, np.int32)
    for top, left, value in ((10, 10, 1), (60, 10, 1), (30, 150, 2)):
        labels[top : top + side, left : left + side] = value
    labels[90, 100] = 3
    return labels


def cut(image: Image, marks: Labels | Shapes, how: str = OBJECTS, side: int = 10) -> list[tuple[str, Box]]:
    return crops(read_plane(image, HERE), read_marks(marks, HERE), Cutting(how, side))


def test_labels_are_classes_and_connected_regions_are_objects() -> None:
    image, labels = Image(np.zeros((100, 200))), Labels(squares())
    assert cut(image, labels) == [("1", Box(7, 7, 26, 26)), ("2", Box(27, 147, 26, 26)), ("1", Box(57, 7, 26, 26))]
    found = counts([read_plane(image, HERE)] * 2, read_marks(labels, HERE), Cutting())
    assert found == {"1": 4, "2": 2, "3": 0}
    assert list(found) == ["1", "2", "3"]


def test_the_crop_shows_the_object_where_layers_have_other_transforms() -> None:
    labels = squares()
    shown = Image(np.kron(labels, np.ones((2, 2))), **{**PLACE, "scale": (1, 1.5), "translate": (5, 7)})
    marks = Labels(labels, **PLACE)
    shown.translate = marks.data_to_world((-0.25, -0.25))
    found = cut(shown, marks)
    assert [key for key, _ in found] == ["1", "2", "1"]
    for key, box in found:
        part = shown.data[box.top : box.top + box.height, box.left : box.left + box.width]
        assert box.height == box.width == 52
        assert (part == int(key)).sum() == 1600, "all of the object, of the right class"
        rows, columns = np.nonzero(part)
        assert (rows.mean(), columns.mean()) == pytest.approx((25.5, 25.5), abs=1)


def test_crops_at_the_edge_are_moved_into_the_picture_and_wide_objects_cut() -> None:
    labels = np.zeros((50, 100), np.int32)
    labels[0:5, 95:100] = 1
    labels[20:30, 0:100] = 2
    assert cut(Image(np.zeros((50, 100))), Labels(labels)) == [("1", Box(0, 84, 16, 16)), ("2", Box(0, 0, 50, 100))]


def test_tiles_lie_inside() -> None:
    labels = np.zeros((100, 100), np.int32)
    labels[10:45, 20:51] = 7
    labels[10:20, 40:44] = 0
    found = cut(Image(np.zeros((100, 100))), Labels(labels), TILES)
    assert Box(10, 40, 10, 10) not in [box for _, box in found], "two fifths of it are not of the region"
    assert [(key, box.top, box.left) for key, box in found] == [
        ("7", top, left) for top in (10, 20, 30) for left in (20, 30, 40) if (top, left) != (10, 40)
    ]


def test_a_feature_column_names_the_classes_of_labels() -> None:
    labels = squares()
    labels[60:80, 10:30] = 4
    image = Image(np.zeros((100, 200)))
    by_row = Labels(labels, features=pd.DataFrame({"class": ["", "cat", "dog", None, "dog"]}))
    assert [key for key, _ in cut(image, by_row)] == ["cat", "dog", "dog"]
    by_index = Labels(labels, features=pd.DataFrame({"index": [4, 1], "class": ["a", "b"]}))
    assert [key for key, _ in cut(image, by_index)] == ["b", "a"], "label 2 has no class"
    assert colour_of(by_index, "a") is None
    assert colour_of(Labels(labels), "1").startswith("#")


def test_shapes_by_their_class_or_else_their_colour() -> None:
    square = np.array([[10, 10], [10, 30], [30, 30], [30, 10]])
    shapes = Shapes(
        [square, square + np.array([0, 100])], face_color=["red", "blue"], shape_type=["polygon", "ellipse"], **PLACE
    )
    image = Image(np.zeros((100, 200)), **PLACE)
    assert cut(image, shapes) == [("#ff0000", Box(7, 7, 27, 27)), ("#0000ff", Box(7, 107, 27, 27))]
    assert colour_of(shapes, "#ff0000") == "#ff0000"
    shapes.features = {"class": ["cell", "debris"]}
    assert [key for key, _ in cut(image, shapes)] == ["cell", "debris"]
    assert colour_of(shapes, "cell") is None


def test_lines_and_shapes_outside_are_no_objects() -> None:
    square = np.array([[10, 10], [10, 30], [30, 30], [30, 10]])
    shapes = Shapes([square + np.array([0, 500]), square - 15, square[:2]], shape_type=["polygon", "polygon", "line"])
    assert [box for _, box in cut(Image(np.zeros((100, 200))), shapes)] == [Box(0, 0, 21, 21)]
    assert cut(Image(np.zeros((100, 200))), Shapes()) == []


def test_of_a_stack_the_slice_that_is_shown() -> None:
    stack = np.stack([np.zeros((100, 200), np.int32), squares()])
    image, labels = Image(stack.astype(float), scale=(5, 1, 1)), Labels(stack, scale=(5, 1, 1))
    assert [
        counts([read_plane(image, p)], read_marks(labels, p), Cutting()) for p in (World((0, 0, 0)), World((5.1, 0, 0)))
    ] == [
        {},
        {"1": 2, "2": 1, "3": 0},
    ]
    assert read_plane(image, World((5, 0, 0))).pixels().max() == 3
    flat = counts([read_plane(image, World((5, 0, 0)))], read_marks(Labels(squares()), World((5, 0, 0))), Cutting())
    assert flat == {"1": 2, "2": 1, "3": 0}
    square = np.array([[1, 10, 10], [1, 10, 30], [1, 30, 30], [1, 30, 10]])
    shapes = Shapes([square], scale=(5, 1, 1))
    assert len(counts([read_plane(image, World((5, 0, 0)))], read_marks(shapes, World((5, 0, 0))), Cutting())) == 1
    assert counts([read_plane(image, World((5, 0, 0)))], read_marks(shapes, World((0, 0, 0))), Cutting()) == {}
    with pytest.raises(ValueError, match="nothing in the slice that is shown"):
        read_plane(image, World((20, 0, 0)))


@pytest.mark.parametrize("channels", [None, 3, 4])
def test_written_as_they_are_seen(tmp_path: Path, channels: int | None) -> None:
    pixels = np.full((100, 200), 150, np.uint16) if channels is None else np.full((100, 200, channels), 0.6)
    image = Image(pixels, rgb=channels is not None, **({} if channels else {"contrast_limits": (100, 200)}))
    marks = read_marks(Labels(squares()), HERE)
    names = {"1": "000", "2": "001"}
    write_crops(tmp_path / "data", [read_plane(image, HERE)], marks, Cutting(), names, lambda: None)
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png"))
    assert files == ["data/000/00001.png", "data/000/00003.png", "data/001/00002.png"]
    with Picture.open(tmp_path / files[0]) as crop:
        assert (crop.size, crop.mode) == ((26, 26), "L" if channels is None else "RGB")
        assert set(np.asarray(crop).ravel()) == ({128} if channels is None else {153})


def test_eight_bit() -> None:
    grey = np.array([[np.nan, -5, 0, 5, 10, 20]])
    assert eight_bit(grey, (0, 10)).tolist() == [[0, 0, 0, 128, 255, 255]]
    assert eight_bit(np.array([[[65535, 0, 257]]], np.uint16), None).tolist() == [[[255, 0, 1]]]
    assert eight_bit(np.array([[[255, 0, 7, 3]]], np.uint8), None).tolist() == [[[255, 0, 7]]]
