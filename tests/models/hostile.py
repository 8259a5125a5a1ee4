"""Files that mean harm. Each would make the marker, fill the memory or end Python if it were trusted."""

import functools
import io
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import dill
import torch

MAKE = "import pathlib; pathlib.Path({!r}).touch()"


class Call:
    """Unpickling this calls a function."""

    def __init__(self, function: Callable, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class Stateful:
    """Unpickling this runs its `__setstate__`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __setstate__(self, state: dict[str, str]) -> None:
        Path(state["path"]).touch()


def payloads(marker: Path) -> dict[str, object]:
    """Objects whose unpickling makes the marker."""
    path = str(marker)
    return {
        "os.system": Call(os.system, f"{'type nul' if os.name == 'nt' else 'touch'} > {path}"),
        "builtins.eval": Call(eval, f"__import__('pathlib').Path({path!r}).touch()"),
        "builtins.exec": Call(exec, MAKE.format(path)),
        "nested": [{"a": (Call(getattr, Call(Path, path), "name"), Call(Path.touch, Call(Path, path)))}],
        "map": Call(list, Call(map, Path.touch, [Path(path)])),
        "setstate": Stateful(path),
        "mkdir": Call(os.mkdir, path),
    }


def saved(path: Path, payload: object, *, legacy: bool = False, how: object = pickle) -> None:
    content = {"model": {"weight": torch.ones(2), "bias": torch.ones(1)}, "extra": payload}
    torch.save(content, path, pickle_module=how, _use_new_zipfile_serialization=not legacy)


def zipped(path: Path, pickled: bytes, compression: int = zipfile.ZIP_STORED, **files: bytes) -> None:
    """Write a file as torch.save does, around a pickle of our own."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled)
        for name, data in files.items():
            archive.writestr(f"archive/data/{name}", data)


def tensor(numel: int, shape: tuple[int, ...], stride: tuple[int, ...], key: str = "0", offset: int = 0) -> bytes:
    """Return the pickle of a dict with one tensor, which may lie about its sizes."""

    class Pickler(pickle.Pickler):
        def persistent_id(self, item: object) -> object:
            return ("storage", torch.FloatStorage, key, "cuda:0", numel) if item is HERE else None

    HERE = io.StringIO()
    file = io.BytesIO()
    rebuild = functools.partial(Call, torch._utils._rebuild_tensor_v2)
    one = rebuild(HERE, offset, shape, stride, False, {})
    Pickler(file, 2).dump({"weight": one, "bias": one})
    return file.getvalue()


def dill_lambda(path: Path, marker: Path) -> None:
    where = str(marker)
    saved(path, Call(lambda: Path(where).touch()), how=dill)


def inst(path: Path, marker: Path) -> None:
    zipped(path, b"(S" + repr(str(marker)).encode() + b"\nios\nmkdir\n.")


def obj(path: Path, marker: Path) -> None:
    zipped(path, b"(clogging\nFileHandler\nS" + repr(str(marker)).encode() + b"\no.")


def traversal(path: Path, marker: Path) -> None:
    zipped(path, tensor(1, (1,), (1,), f"../../../{marker.name}"), **{f"../../../{marker.name}": b"1234"})


def overlapping(path: Path, marker: Path) -> None:
    zipped(path, tensor(1, (1,), (1,)), **{"0": bytes(4)})
    data, end = path.read_bytes(), path.read_bytes().rindex(b"PK\x05\x06")
    start = data.index(b"PK\x01\x02")
    entry = data[start:end]
    counts = struct.pack("<HHII", 1000, 1000, 500 * len(entry), start)
    path.write_bytes(data[:start] + 500 * entry + data[end : end + 8] + counts + b"\0\0")


def bomb(path: Path, marker: Path) -> None:
    zipped(path, bytes(100_000_000), zipfile.ZIP_DEFLATED)


def of_pickle(make: Callable[[], bytes], **files: bytes) -> Callable[[Path, Path], None]:
    return lambda path, marker: zipped(path, make(), **files)


def of_bytes(data: bytes) -> Callable[[Path, Path], None]:
    return lambda path, marker: path.write_bytes(data)


def truncated(path: Path, marker: Path) -> None:
    saved(path, None)
    path.write_bytes(path.read_bytes()[:-200])


def truncated_legacy(path: Path, marker: Path) -> None:
    saved(path, None, legacy=True)
    path.write_bytes(path.read_bytes()[:-6])


def deep_key() -> bytes:
    return b"\x80\x02}(" + b")" + 100_000 * b"\x85" + b"K\x01u."


def safetensors(header: bytes, length: int | None = None) -> Callable[[Path, Path], None]:
    return of_bytes(struct.pack("<Q", len(header) if length is None else length) + header + bytes(8))


def copied_dicts() -> bytes:
    keys = b"".join(b"X\x04\x00\x00\x00" + f"{chr(0x4E00 + i)}a".encode() + b"N" for i in range(20_000))
    return b"\x80\x02ccollections\nOrderedDict\nq\x01}(" + keys + b"uq\x02" + 5_000 * b"h\x01h\x02\x85R" + b"."


LONG_STRING = b"X" + struct.pack("<I", 1_000_000) + 1_000_000 * b"a" + b"q\x00"
TEXT = b"c_codecs\nencode\nq\x01" + LONG_STRING + b"0"
# What each does when it is read: None when it is harmless, else what the one line says.
FILES: dict[str, tuple[Callable[[Path, Path], None], str | None]] = {
    "dill lambda": (dill_lambda, None),
    "INST": (inst, None),
    "OBJ": (obj, None),
    "names that climb": (traversal, None),
    "zip bomb": (bomb, "claims to hold 100,000,0"),
    "overlapping zip": (overlapping, "not a whole"),
    "huge storage": (of_pickle(lambda: tensor(2**40, (2**40,), (1,)), **{"0": bytes(4)}), "claims a tensor of 4,398,"),
    "huge tensor": (of_pickle(lambda: tensor(1, (2**40,), (0,)), **{"0": bytes(4)}), "claims a tensor of shape"),
    "beyond its storage": (of_pickle(lambda: tensor(2, (2,), (9,)), **{"0": bytes(8)}), "claims a tensor of shape"),
    "negative": (of_pickle(lambda: tensor(2, (2,), (-1,)), **{"0": bytes(8)}), "impossible dimensions"),
    "no storage": (of_pickle(lambda: tensor(2, (2,), (1,), "7"), **{"0": bytes(8)}), "where it has 0"),
    "deep lists": (of_pickle(lambda: b"\x80\x02" + 100_000 * b"]" + 99_999 * b"a" + b"."), None),
    "deep key": (of_pickle(deep_key), None),
    "deep calls": (of_pickle(lambda: b"\x80\x02" + 50_000 * b"cos\nsystem\n" + b")" + 50_000 * b"R\x85" + b"."), None),
    "endless": (of_pickle(lambda: b"\x80\x02" + 3_000_000 * b"N0" + b"N."), "more than 2,000,000 instructions"),
    "far memo": (of_pickle(lambda: b"\x80\x02Nr\xff\xff\xff\x7f."), None),
    "long string": (of_pickle(lambda: b"\x80\x04\x8d" + struct.pack("<Q", 2**62) + b"abc."), "not a whole"),
    "copies": (of_pickle(lambda: b"\x80\x02" + TEXT + 5_000 * b"h\x01h\x00\x85R" + b"."), "grows beyond"),
    "copied dicts": (of_pickle(copied_dicts), "grows beyond"),
    "extension": (of_pickle(lambda: b"\x80\x02\x82\x01."), "instruction EXT1"),
    "empty stack": (of_pickle(lambda: b"\x80\x02R."), "not a whole"),
    "truncated": (truncated, "not a whole"),
    "truncated before 1.6": (truncated_legacy, "not a whole"),
    "a picture": (of_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100)), "first bytes"),
    "text": (of_bytes(b"hello\n"), "first bytes"),
    "nothing": (of_bytes(b""), "not a whole"),
    "another zip": (lambda path, _: zipfile.ZipFile(path, "w").close(), "not one of torch.save"),
    "another pickle": (of_bytes(pickle.dumps({"a": 1}) * 3), "not one of torch.save"),
    "safetensors: long header.safetensors": (safetensors(b"{}", 2**60), "not a whole"),
    "safetensors: lying.safetensors": (
        safetensors(b'{"a":{"dtype":"F32","shape":[9999999999],"data_offsets":[0,39999999996]}}'),
        "not a whole",
    ),
    "safetensors: no JSON.safetensors": (safetensors(b"\xff" * 16), "not a whole"),
}
