"""Pictures are drawn with a seed, class by class."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_robust_synth.evaluation.pool import Pool, square
from tests.conftest import NAMES
from tests.evaluation.pictures import make_tree, pool_of


def test_classes_come_in_turn_and_the_seed_decides(pool: Pool) -> None:
    labels = [pool.labels[i] for i in pool.order(0)]
    assert [set(labels[i : i + 3]) for i in (0, 3, 6)] == [set(NAMES)] * 3
    assert sorted(pool.order(0)) == list(range(9))
    assert pool.order(0) == pool.order(0) != pool.order(1)


def test_drawing_more_begins_with_what_fewer_are(pool: Pool) -> None:
    few, more = pool.draw(2, 5), pool.draw(5, 5)
    assert len(few) == 2 and len(more) == 5 and len(pool.draw(100, 5)) == 9
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(few, more, strict=False))
    assert few[0].pixels.shape == (224, 224, 3)


def test_only_some_classes(pool: Pool) -> None:
    assert Counter(pool.of(NAMES[:2]).labels) == {NAMES[0]: 3, NAMES[1]: 3}


def test_what_cant_be_read_is_passed_over(pool: Pool) -> None:
    bad = pool.files[pool.order(0)[0]]

    def read(path: Path) -> Image.Image:
        if path == bad:
            raise ValueError("damaged")
        return pool.read(path)

    assert len(replace(pool, read=read).draw(100, 0)) == 8


def test_the_central_square(wide: Path) -> None:
    found = square(Image.open(wide), 224)
    assert found.shape == (224, 224, 3) and (found == 200).all()


@pytest.mark.parametrize("change", ["content", "name"])
def test_the_fingerprint_follows_the_files(tmp_path: Path, change: str) -> None:
    make_tree(tmp_path)
    before = pool_of(tmp_path / "val").fingerprint()
    assert before == pool_of(tmp_path / "val").fingerprint()
    file = next((tmp_path / "val" / NAMES[0]).iterdir())
    if change == "name":
        file.rename(file.with_name("other.png"))
    else:
        file.write_bytes(file.read_bytes() + b"more")
    assert pool_of(tmp_path / "val").fingerprint() != before
