"""Pickles read as data: opcode by opcode, importing nothing and calling nothing that they name.

`pickletools.genops` splits the stream; a small stack machine makes plain containers of it. Tensors become descriptions,
and whatever else a pickle asks for becomes an inert `Unknown`. `torch.load` has no part in it: before PyTorch 2.6 its
``weights_only=True`` could be made to run code (CVE-2025-32434), and it refuses what `dill` adds to a checkpoint.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from mmap import mmap
from typing import IO, Any, cast

from napari_robust_synth.models.stored import BUILDERS, WRAPPER, Global, Storage, Unknown, pairs, storage_of

MAX_INSTRUCTIONS = 2_000_000  # a ResNet-50 with its optimizer has about 20,000
MAX_COPIED = 50_000_000
ENTRY = 100
"""Bytes, about, that an entry of a dict takes."""
VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG"),
    *("LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
}


@dataclass
class Pickle:
    """What a pickle holds, the storages it mentions, and the names it wanted called."""

    tree: Any = None
    storages: dict[str, Storage] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)


def read_pickle(file: IO[bytes] | mmap) -> Pickle:
    """Read one pickle from the file's position on, and stop right behind it.

    Raises
    ------
    Exception
        Of many kinds, when it is damaged; ValueError when it has more instructions than any checkpoint.
    """
    machine = _Machine()
    for count, (opcode, argument, _) in enumerate(pickletools.genops(cast(IO[bytes], file))):
        if count > MAX_INSTRUCTIONS:
            raise ValueError(f"its pickle has more than {MAX_INSTRUCTIONS:,} instructions")
        machine.step(opcode.name, argument)
    machine.found.tree = machine.stack.pop()
    return machine.found


class _Machine:
    def __init__(self) -> None:
        self.found = Pickle()
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.copied = 0

    def step(self, name: str, argument: Any) -> None:
        if name in VALUES:
            self.push(argument)
        elif name in ACTIONS:
            ACTIONS[name](self)
        elif name.endswith("GET"):
            self.push(self.memo[argument])
        elif name.endswith("PUT"):
            self.memo[argument] = self.stack[-1]
        elif name == "GLOBAL":
            self.push(_global(*argument.split(" ", 1)))
        elif name == "INST":
            self.call(_global(*argument.split(" ", 1)), self.pop_mark())
        elif name not in ("PROTO", "FRAME", "STOP"):
            raise ValueError(f"its pickle has an instruction {name}, which no checkpoint has")

    def push(self, item: Any) -> None:
        self.stack.append(item)

    def pop(self) -> Any:
        return self.stack.pop()

    def pop_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.below.pop()
        return items

    def pop_last(self, count: int) -> list[Any]:
        return [self.pop() for _ in range(count)][::-1]

    def mark(self) -> None:
        self.below.append(self.stack)
        self.stack = []

    def memoize(self) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def extend(self, items: list[Any]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(items)

    def set_items(self, items: list[Any]) -> None:
        if isinstance(self.stack[-1], dict):
            self.stack[-1].update(_pairs(items))

    def call(self, function: Any, arguments: Any) -> None:
        name = function.name if isinstance(function, Global | Unknown) else type(function).__name__
        if name == WRAPPER:
            function, arguments = arguments[0], arguments[2]
            name = function.name
        if name in BUILDERS:
            self.copied += len(arguments) + sum(map(_copied, arguments))
            if self.copied > MAX_COPIED:
                raise ValueError("its pickle grows beyond all checkpoints")
            self.push(BUILDERS[name](*arguments))
        else:
            self.found.replaced.add(name)
            self.push(Unknown(name))

    def build(self) -> None:
        state, item = self.pop(), self.stack[-1]
        if isinstance(item, Unknown):
            item.state = state

    def persistent(self) -> None:
        storage = storage_of(self.pop())
        self.push(self.found.storages.setdefault(storage.key, storage))


def _copied(argument: Any) -> int:
    if isinstance(argument, list | tuple | dict):
        return ENTRY * len(argument)
    return len(argument) if isinstance(argument, str | bytes) else 0


def _pairs(items: list[Any]) -> dict[Any, Any]:
    return pairs(zip(items[::2], items[1::2], strict=True))


def _global(module: Any, name: Any) -> Global:
    if not (isinstance(module, str) and isinstance(name, str) and len(module) + len(name) < 500):
        raise ValueError("its pickle asks for a thing without a name")
    return Global(f"{module}.{name}" if (module + name).isprintable() else "a name that can't be printed")


def _object(machine: _Machine) -> None:
    function, *arguments = machine.pop_mark()
    machine.call(function, arguments)


ACTIONS: dict[str, Callable[[_Machine], Any]] = {
    "NONE": lambda m: m.push(None),
    "NEWTRUE": lambda m: m.push(True),
    "NEWFALSE": lambda m: m.push(False),
    "MARK": _Machine.mark,
    "POP": _Machine.pop,
    "POP_MARK": _Machine.pop_mark,
    "DUP": lambda m: m.push(m.stack[-1]),
    "MEMOIZE": _Machine.memoize,
    "EMPTY_LIST": lambda m: m.push([]),
    "EMPTY_SET": lambda m: m.push([]),
    "EMPTY_TUPLE": lambda m: m.push(()),
    "EMPTY_DICT": lambda m: m.push({}),
    "LIST": lambda m: m.push(m.pop_mark()),
    "FROZENSET": lambda m: m.push(m.pop_mark()),
    "TUPLE": lambda m: m.push(tuple(m.pop_mark())),
    "TUPLE1": lambda m: m.push(tuple(m.pop_last(1))),
    "TUPLE2": lambda m: m.push(tuple(m.pop_last(2))),
    "TUPLE3": lambda m: m.push(tuple(m.pop_last(3))),
    "DICT": lambda m: m.push(_pairs(m.pop_mark())),
    "APPEND": lambda m: m.extend(m.pop_last(1)),
    "APPENDS": lambda m: m.extend(m.pop_mark()),
    "ADDITEMS": lambda m: m.extend(m.pop_mark()),
    "SETITEM": lambda m: m.set_items(m.pop_last(2)),
    "SETITEMS": lambda m: m.set_items(m.pop_mark()),
    "STACK_GLOBAL": lambda m: m.push(_global(*m.pop_last(2))),
    "REDUCE": lambda m: m.call(*m.pop_last(2)),
    "NEWOBJ": lambda m: m.call(*m.pop_last(2)),
    "NEWOBJ_EX": lambda m: m.call(*m.pop_last(3)[:2]),
    "OBJ": _object,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.persistent,
}
