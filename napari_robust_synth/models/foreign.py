"""The network inside somebody else's checkpoint: its weights, architecture, normalisation and training."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from napari_robust_synth.models import architectures
from napari_robust_synth.models.stored import StoredTensor, Unknown
from napari_robust_synth.models.torchfiles import Checkpoint

Stored = StoredTensor | Tensor
Tensors = Mapping[str, Stored]
DEPTH = 3
MOST = 20  # dicts, and prefixes in a dict, that are tried
AVERAGED = ("ema", "model_ema", "state_dict_ema", "ema_state_dict")  # better than the weights they are averages of
NORMALISERS = {"new_mean": "new_std", "mu": "sigma", "mean": "std"}
NORMS = {"2": "l2", "l2": "l2", "inf": "linf", "linf": "linf"}
FILE_NAME = re.compile(r"_(l2|linf)_eps(\d+(?:\.\d+)?)")


class UnknownArchitecture(ValueError):
    """The weights are of an architecture that has to be named."""


@dataclass(frozen=True)
class Normaliser:
    """Normalisation of pixels in [0, 1], and the name of the layer that it was found in."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    where: str


@dataclass(frozen=True)
class Network:
    """Weights that fit an architecture, under the names that it gives them."""

    arch: str
    classes: int
    tensors: Tensors
    where: str
    ignored: tuple[str, ...]
    normaliser: Normaliser | None


@dataclass(frozen=True)
class Training:
    """What a file tells of how it was trained; eps for pixels in [0, 1], at the size trained with."""

    norm: str | None = None
    eps: float | None = None
    epoch: int | None = None


def find_network(checkpoint: Checkpoint, arch: str | None = None) -> Network:
    """Find weights that fit ``arch``, or any architecture that we know.

    Raises
    ------
    UnknownArchitecture
        When there are weights, but of none that we know.
    ValueError
        When there are no weights, or none that fit ``arch``.
    """
    found = sorted(state_dicts(checkpoint.tree), key=lambda item: (not set(item[0]) & set(AVERAGED), -len(item[1])))
    if not found:
        raise ValueError(f"{checkpoint.path} holds no weights: expected a state dict, tensors by name")
    heads = [architectures.head_of(arch)] if arch else [family.head for family in architectures.FAMILIES]
    odd = heads[0]
    for path, tensors in found[:MOST]:
        own, normaliser = without_normaliser(checkpoint, tensors)
        for prefix in _prefixes(own, heads):
            inside = {k.removeprefix(prefix): v for k, v in own.items() if k.startswith(prefix)}
            shapes = {k: tuple(v.shape) for k, v in inside.items()}
            if arch:
                classes = shapes[heads[0]][0]
                differences = architectures.differences(arch, classes, shapes)
                if differences:
                    odd = prefix + differences[0]
                    continue
                fitting = arch, classes
            elif (guess := architectures.infer(shapes)) is None:
                continue
            else:
                fitting = guess
            return Network(
                *fitting, inside, where(path, prefix), ignored(checkpoint.tree, path, tensors, inside), normaliser
            )
    if arch:
        raise ValueError(f"{checkpoint.path} does not fit {arch} (see {odd!r}): give another arch")
    raise UnknownArchitecture(
        f"{checkpoint.path} holds weights of an architecture that is not recognised: give its arch "
        "(torchvision's name, or timm:NAME)"
    )


def state_dicts(
    tree: Any, path: tuple[str, ...] = (), seen: set[int] | None = None
) -> Iterator[tuple[tuple[str, ...], Tensors]]:
    """Find the dicts of tensors by name in nested dicts, with the keys that lead to them."""
    seen = set() if seen is None else seen
    if not isinstance(tree, dict) or id(tree) in seen:
        return
    seen.add(id(tree))
    tensors = {k: v for k, v in tree.items() if isinstance(k, str) and isinstance(v, StoredTensor | Tensor)}
    if len(tensors) > 1:
        yield path, tensors
    for key, value in tree.items():
        if isinstance(key, str) and len(path) < DEPTH:
            yield from state_dicts(value, (*path, key), seen)


def without_normaliser(checkpoint: Checkpoint, tensors: Tensors) -> tuple[Tensors, Normaliser | None]:
    """Split off the normalisation layer: three numbers called ``new_mean``, ``mu`` or ``mean``, and as many beside."""
    found = None
    names: set[str] = set()
    for name in sorted(tensors, key=len, reverse=True):
        layer, _, last = name.rpartition(".")
        beside = ".".join(filter(None, (layer, NORMALISERS.get(last, ""))))
        if last in NORMALISERS and beside in tensors:
            mean, std = (_three(checkpoint, tensors[n]) for n in (name, beside))
            if mean and std and min(std) > 0:
                found, names = Normaliser(mean, std, name), names | {name, beside}
    return {k: v for k, v in tensors.items() if k not in names}, found


def training(checkpoint: Checkpoint) -> Training:
    """Read norm, eps and epoch from the file's plain data, or norm and eps from its name (``resnet50_l2_eps3``)."""
    top = checkpoint.tree if isinstance(checkpoint.tree, dict) else {}
    facts = dict(top)
    for name in ("args", "config", "hparams"):
        inner = top.get(name)
        inner = inner.state if isinstance(inner, Unknown) else inner
        facts.update(inner if isinstance(inner, dict) else {})
    norm = NORMS.get(str(_plain(facts.get("constraint", facts.get("norm")))).lower())
    eps = _number(facts.get("eps", facts.get("epsilon")))
    if norm is None or (norm == "linf" and eps is not None and eps > 1):  # an optimizer's, or of unknown units
        eps = None
    named = FILE_NAME.search(checkpoint.path.name.lower())
    if named and (norm is None or eps is None):
        norm, eps = named[1], float(named[2]) / (255 if named[1] == "linf" else 1)
    epoch = _number(top.get("epoch"))
    return Training(norm, eps, None if epoch is None else int(epoch))


def where(path: tuple[str, ...], prefix: str) -> str:
    """Say which part of the file the weights are."""
    parts = [f"the entry {'/'.join(path)!r}"] if path else []
    return ", ".join([*parts, *([f"names from {prefix!r}"] if prefix else [])]) or "the whole file"


def ignored(tree: Any, path: tuple[str, ...], tensors: Tensors, used: Tensors) -> tuple[str, ...]:
    """Name what was left in the file."""
    others = [repr(str(_plain(key)))[:50] for key in tree if not path or key != path[0]] if path else []
    rest = len(tensors) - len(used)
    return (*others[:20], *([f"{rest} other tensors"] if rest else []))


def _prefixes(tensors: Tensors, heads: list[str]) -> list[str]:
    ends = {name.removesuffix(head) for head in heads for name in tensors if name.endswith(head)}
    return sorted((end for end in ends if not end or end.endswith(".")), key=len)[:MOST]


def _three(checkpoint: Checkpoint, stored: Stored) -> tuple[float, ...] | None:
    if math.prod(stored.shape) != 3:
        return None
    numbers = tuple(float(str(number)) for number in checkpoint.tensor(stored).float().flatten().numpy())
    return numbers if all(map(math.isfinite, numbers)) else None


def _number(value: Any) -> float | None:
    value = _plain(value)
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) and 0 <= number < 1e9 else None


def _plain(value: Any) -> Any:
    return value[:50] if isinstance(value, str | bytes) else value if isinstance(value, int | float) else ""
