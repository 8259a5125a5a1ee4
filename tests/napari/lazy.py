"""Arrays that are read as they are needed, and note which of their chunks are."""

from typing import Any

import dask.array as da
import numpy as np
import zarr
from zarr.storage import MemoryStore, WrapperStore

Chunk = tuple[int, ...]
KINDS = ("dask", "zarr")


class Noting(WrapperStore):
    """A store that notes the chunks that are asked for."""

    def __init__(self, seen: list[Chunk]) -> None:
        super().__init__(MemoryStore())
        self.seen = seen

    def _with_store(self, store: Any) -> "Noting":
        return self

    async def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        if key.startswith("c/"):
            self.seen.append(tuple(map(int, key.split("/")[1:])))
        return await super().get(key, *args, **kwargs)


def noting(shape: Chunk, dtype: np.dtype, chunks: Chunk) -> tuple[zarr.Array, list[Chunk]]:
    """Return a zarr array of zeros, and the list of the chunks that are read."""
    seen: list[Chunk] = []
    return zarr.create_array(Noting(seen), shape=shape, dtype=dtype, chunks=chunks, zarr_format=3), seen


def lazy(kind: str, data: np.ndarray, chunks: Chunk) -> tuple[Any, list[Chunk]]:
    """Return data as a dask or zarr array, and the list of the chunks that are read from now on, by their place."""
    if kind == "zarr":
        array, seen = noting(data.shape, data.dtype, chunks)
        array[:] = data
        seen.clear()
        return array, seen
    seen = []

    def block(block_info: dict | None = None) -> np.ndarray:
        seen.append(tuple(block_info[None]["chunk-location"]))
        return data[tuple(slice(*span) for span in block_info[None]["array-location"])]

    sizes = tuple((size,) * (length // size) for size, length in zip(chunks, data.shape, strict=True))
    array = da.map_blocks(block, chunks=sizes, dtype=data.dtype, meta=data[:0])
    seen.clear()
    return array, seen
