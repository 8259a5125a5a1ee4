"""Files of `torch.save`, in its zip format and the one before, and safetensors: read without running anything.

Every declared size is compared with the file before memory is taken for it, and a tensor is read when it is asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import torch
from safetensors.torch import load_file
from torch import Tensor

from napari_robust_synth.models.pickles import read_pickle
from napari_robust_synth.models.stored import Storage, StoredTensor

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_PROTOCOL = 1001


@dataclass(frozen=True)
class Checkpoint:
    """A file's contents.

    Parameters
    ----------
    path : Path
        Where it lies.
    format : str
        What kind of file it is, in words.
    tree : object
        Plain containers, with a `Tensor` or a `StoredTensor` for each tensor, and `Unknown` for what was not made.
    replaced : tuple of str
        Names of the functions and classes that it wanted called, and that were not.
    read : callable
        Gives the bytes of a storage.
    """

    path: Path
    format: str
    tree: Any
    replaced: tuple[str, ...] = ()
    read: Callable[[Storage], Tensor] = field(default=lambda storage: torch.empty(0), repr=False)

    def tensor(self, stored: StoredTensor | Tensor) -> Tensor:
        """Read a tensor of the tree; tensors may share memory.

        Raises
        ------
        ValueError
            When the file is damaged there.
        """
        if isinstance(stored, Tensor):
            return stored
        try:
            return self.read(stored.storage).as_strided(stored.shape, stored.stride, stored.offset)
        except MemoryError:
            raise
        except Exception as error:
            raise _damaged(self.path, error) from None


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a file of `torch.save` or a safetensors file; what is in it is never run.

    Raises
    ------
    ValueError
        One line, when it is neither, is damaged, or declares more than it holds.
    """
    try:
        if path.suffix == ".safetensors":
            return Checkpoint(path, "safetensors", load_file(path))
        return _zipped(path) if is_zipfile(path) else _legacy(path)
    except (MemoryError, FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except Exception as error:  # damaged files raise all kinds
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> ValueError:
    words = " ".join(str(error).split())[:200] or type(error).__name__
    reason = "".join(c if c.isprintable() else "?" for c in words)
    return ValueError(f"{path} is not a whole PyTorch or safetensors file: {reason}")


def _zipped(path: Path) -> Checkpoint:
    with ZipFile(path) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        claimed, size = sum(info.file_size for info in archive.infolist()), path.stat().st_size
        if claimed > size:
            raise ValueError(f"it claims to hold {claimed:,} bytes, but has {size:,}")
        pickles = [name for name in sizes if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise ValueError("it is a zip file, but not one of torch.save")
        root = pickles[0].removesuffix("data.pkl")
        if f"{root}byteorder" in sizes and archive.read(f"{root}byteorder") != b"little":
            raise ValueError("its numbers are stored big-endian, expected little-endian: save it again elsewhere")
        found = read_pickle(BytesIO(archive.read(pickles[0])))
    for storage in found.storages.values():
        _check(storage, sizes.get(f"{root}data/{storage.key}", 0))

    @cache
    def read(storage: Storage) -> Tensor:
        with ZipFile(path) as archive:
            return _numbers(storage, archive.read(f"{root}data/{storage.key}"))

    return Checkpoint(path, "PyTorch, zip format", found.tree, tuple(sorted(found.replaced)), read)


def _legacy(path: Path) -> Checkpoint:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        if data[:1] != b"\x80":
            raise ValueError("its first bytes are those of neither")
        magic, protocol, system = (read_pickle(data).tree for _ in range(3))
        if magic != LEGACY_MAGIC or protocol != LEGACY_PROTOCOL:
            raise ValueError("it is a pickle, but not one of torch.save")
        if not system["little_endian"]:
            raise ValueError("its numbers are stored big-endian, expected little-endian: save it again elsewhere")
        found = read_pickle(data)
        places = _places(data, read_pickle(data).tree, found.storages)

    @cache
    def read(storage: Storage) -> Tensor:
        with path.open("rb") as file:
            file.seek(places[storage.key])
            return _numbers(storage, file.read(storage.numel * _width(storage)))

    return Checkpoint(path, "PyTorch, format before 1.6", found.tree, tuple(sorted(found.replaced)), read)


def _places(data: mmap, keys: Any, storages: Mapping[str, Storage]) -> dict[str, int]:
    places = {}
    for key in keys:
        storage = storages[key]
        (numel,) = struct.unpack("<q", data.read(8))
        places[key] = data.tell()
        _check(storage, min(numel * _width(storage), len(data) - data.tell()))
        data.seek(places[key] + numel * _width(storage))
    return places


def _width(storage: Storage) -> int:
    return int(getattr(torch, storage.dtype).itemsize)


def _check(storage: Storage, size: int) -> None:
    wanted = storage.numel * _width(storage)
    if wanted > size:
        raise ValueError(f"it claims a tensor of {wanted:,} bytes where it has {size:,}")


def _numbers(storage: Storage, data: bytes) -> Tensor:
    dtype = getattr(torch, storage.dtype)
    if not storage.numel:
        return torch.empty(0, dtype=dtype)
    return torch.frombuffer(bytearray(data), dtype=dtype, count=storage.numel)
