"""Small trees of pictures."""

from pathlib import Path

import numpy as np
from PIL import Image

from napari_robust_synth.evaluation.pool import Pool
from napari_robust_synth.training.pictures import read_picture
from tests.conftest import NAMES


def make_tree(root: Path, each: int = 3) -> Path:
    """Write val/CLASS/NUMBER.png, smooth random pictures of 48 px."""
    random = np.random.default_rng(0)
    for name in NAMES:
        folder = root / "val" / name
        folder.mkdir(parents=True)
        for i in range(each):
            small = Image.fromarray(random.integers(0, 255, (6, 6, 3), np.uint8))
            small.resize((48, 48), Image.Resampling.BICUBIC).save(folder / f"{i}.png")
    return root


def pool_of(root: Path) -> Pool:
    files = tuple(sorted(root.glob("*/*.png")))
    return Pool(root, files, tuple(file.parent.name for file in files), read_picture)
