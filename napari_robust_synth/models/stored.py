"""What a checkpoint's pickle can hold: plain data, tensors not read yet, and `Unknown` for all else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

SIMPLE = (str, bytes, int, float, bool, type(None))
DTYPES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}


@dataclass(frozen=True)
class Global:
    """A name such as ``os.system``, and no more than the name."""

    name: str


@dataclass
class Unknown:
    """What stands in place of an object that is neither a tensor nor plain data."""

    name: str
    state: Any = None


@dataclass(frozen=True)
class Storage:
    """Where a tensor's numbers lie: ``numel`` of ``dtype`` (torch's name of it) under ``key``."""

    key: str
    dtype: str
    numel: int


@dataclass(frozen=True)
class StoredTensor:
    """A tensor that was not read yet, all of it inside its storage; offset and strides count elements.

    Raises
    ------
    ValueError
        When it would be larger than its storage, or reach beyond it.
    """

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def __post_init__(self) -> None:
        numbers = (self.offset, *self.shape, *self.stride)
        if not len(self.shape) == len(self.stride) <= 8 or not all(map(_is_count, numbers)):
            raise ValueError("it describes a tensor with impossible dimensions")
        last = self.offset + sum((n - 1) * step for n, step in zip(self.shape, self.stride, strict=True))
        count = math.prod(self.shape)
        if count and (count > self.storage.numel or last >= self.storage.numel):
            raise ValueError(f"it claims a tensor of shape {self.shape} in a storage of {self.storage.numel} numbers")


def _is_count(number: Any) -> bool:
    return type(number) is int and 0 <= number < 2**63


def storage_of(identity: Any) -> Storage:
    """Make a storage of what `torch.save` writes in its place: ("storage", type, key, device, numel)."""
    kind, storage, key, _, numel, *view = identity
    dtype = DTYPES.get(storage.name.rsplit(".", 1)[-1]) if isinstance(storage, Global) else None
    if kind != "storage" or dtype is None or not isinstance(key, str) or not _is_count(numel) or any(view):
        raise ValueError("it describes a storage of an unknown type")
    return Storage(key, dtype, numel)


def pairs(items: Iterable[Any]) -> dict[Any, Any]:
    """Make a dict of (key, value) pairs with plain keys; the hash of a very deep tuple would end Python."""
    return {key: value for key, value in items if isinstance(key, SIMPLE)}


def _tensor(storage: Any, offset: int, shape: Any, stride: Any, *_: Any) -> StoredTensor:
    if not isinstance(storage, Storage):
        raise ValueError("it describes a tensor without a storage")
    return StoredTensor(storage, offset, tuple(shape), tuple(stride))


def _number(dtype: Any, data: bytes) -> Any:
    known = isinstance(dtype, str) and re.fullmatch(r"[fiu][1248]|b1", dtype)
    return np.frombuffer(data[:8], f"<{dtype}")[0].item() if known else Unknown("numpy scalar")


def _first(item: Any, *_: Any) -> Any:
    return item


# What may be made of its arguments; a set stays the list that it was to be made of.
BUILDERS: dict[str, Callable[..., Any]] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch.Size": _first,
    "collections.OrderedDict": lambda items=(): pairs(items),
    "collections.defaultdict": lambda *_: {},
    "numpy.dtype": _first,
    "numpy.core.multiarray.scalar": _number,
    "numpy._core.multiarray.scalar": _number,
    "_codecs.encode": lambda text, _="latin1": text.encode("latin1"),
    "builtins.bytearray": _first,
    "builtins.set": _first,
    "builtins.frozenset": _first,
    "__builtin__.set": _first,
}
# Called with (function, type, arguments, state): a tensor with attributes.
WRAPPER = "torch._tensor._rebuild_from_type_v2"
