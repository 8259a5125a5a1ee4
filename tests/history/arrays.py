"""Pictures of every kind, for property-based tests."""

import sys
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

DTYPES = ("?", "u1", "i1", "<u2", ">u2", "<i4", ">u4", "<i8", "<f2", "<f4", ">f4", "<f8", ">f8", "<c8", "<c16")
SHAPES = ((12, 17), (9, 14, 3), (8, 11, 4), (3, 10, 9), (2, 3, 9, 8, 3))
LAYOUTS = ("C", "F", "strided", "backwards", "read-only")


def noise(shape: tuple[int, ...], dtype: str, random: np.random.Generator) -> np.ndarray:
    """Any bytes at all: with floats NaN of every kind, -0 and infinities among them."""
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    return np.frombuffer(random.bytes(int(np.prod(shape)) * kind.itemsize), kind).reshape(shape).copy()


def laid_out(picture: np.ndarray, layout: str) -> np.ndarray:
    """The same values, elsewhere in memory."""
    if layout == "F":
        return np.asfortranarray(picture)
    if layout == "strided":
        wide = np.zeros((*picture.shape[:-1], 2 * picture.shape[-1]), picture.dtype)
        wide[..., ::2] = picture
        return wide[..., ::2]
    if layout == "backwards":
        return np.ascontiguousarray(picture[::-1])[::-1]
    if layout == "read-only":
        picture = picture.copy()
        picture.flags.writeable = False
    return picture


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return (one.shape, one.dtype, one.tobytes()) == (other.shape, other.dtype, other.tobytes())


def pictures() -> st.SearchStrategy[np.ndarray]:
    return st.builds(
        lambda shape, dtype, layout, seed: laid_out(noise(shape, dtype, np.random.default_rng(seed)), layout),
        st.sampled_from(SHAPES),
        st.sampled_from(DTYPES),
        st.sampled_from(LAYOUTS),
        st.integers(0, 2**32 - 1),
    )


def edited(picture: np.ndarray, seed: int) -> np.ndarray:
    """Noise in a box of a plane of the picture, wholly or where a mask says so; sometimes no change at all."""
    random = np.random.default_rng(seed)
    out = picture.copy()
    spans = [np.sort(random.integers(0, side + 1, 2)) for side in picture.shape]
    box = tuple(slice(*span) for span in spans)
    part = out[box]
    mask = random.random(part.shape) < random.choice([0.05, 0.5, 1])
    part[mask] = noise(part.shape, picture.dtype.str, random)[mask]
    return out


def held_bytes(thing: Any, seen: set[int] | None = None) -> int:
    """Bytes of an object and all it refers to, counted by Python."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    parts: list[Any] = []
    if isinstance(thing, dict):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple):
        parts = list(thing)
    elif is_dataclass(thing):
        parts = [thing.__dict__, *(getattr(thing, f.name) for f in fields(thing))]
    elif isinstance(thing, np.ndarray) and thing.base is not None:
        parts = [thing.base]
    return sys.getsizeof(thing) + sum(held_bytes(part, seen) for part in parts)
