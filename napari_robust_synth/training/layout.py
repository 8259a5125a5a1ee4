"""Which picture files there are and of which class: the trees that pictures come in."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_robust_synth.training.config import TrainingConfig

DOMAINS = ("A", "B")
VALIDATION = ("val", "test")


@dataclass(frozen=True)
class Pictures:
    """Picture files below ``root``, class by class, each with the number of its class in ``classes``."""

    root: Path
    files: tuple[Path, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.files)

    def chosen(self, indices: Sequence[int]) -> Pictures:
        """Return some of the pictures."""
        files, labels = tuple(self.files[i] for i in indices), tuple(self.labels[i] for i in indices)
        return Pictures(self.root, files, labels, self.classes)

    def counts(self) -> dict[str, int]:
        """Return how many pictures each class has."""
        numbers = Counter(self.labels)
        return {name: numbers[c] for c, name in enumerate(self.classes)}

    def fingerprint(self) -> str:
        """Return a hash of which files are of which class."""
        pairs = zip(self.labels, self.files, strict=True)
        lines = [f"{label} {file.relative_to(self.root).as_posix()}" for label, file in pairs]
        return hashlib.sha256("\n".join([*self.classes, *lines]).encode("utf-8", "surrogateescape")).hexdigest()


def find(data: Path, config: TrainingConfig) -> tuple[Pictures, Pictures | None]:
    """Find the pictures to train on, and those to validate on when there are any.

    Parameters
    ----------
    data : Path
        ``trainA trainB [testA testB]``, or ``train/CLASS/picture`` with ``val`` or ``test`` beside ``train``,
        or ``CLASS/picture``.
    config : TrainingConfig
        Readable names, superclasses, and the share to hold out where nothing is there to validate on.

    Raises
    ------
    ValueError
        When there are no two classes of pictures, or validation has a class that training lacks.
    """
    root, train, val = _parts(data)
    groups = _classes(train, config)
    pictures = _pictures(root, groups, tuple(groups))
    if not pictures.files:
        raise ValueError(f"{root} has no class folders with pictures: expected {root}/CLASS/picture.jpg")
    if len(groups) < 2:
        raise ValueError(f"{root} has one class folder, {next(iter(groups))}, but a classifier needs at least two")
    if val:
        checked = _classes(val, config)
        odd = sorted(set(checked) - set(groups))
        if odd:
            raise ValueError(f"{data} has a class {odd[0]} to validate on, but none to train on")
        return pictures, _pictures(data, checked, tuple(groups))
    return _hold_out(pictures, config.hold_out)


def _parts(data: Path) -> tuple[Path, dict[str, Path], dict[str, Path]]:
    if all((data / f"train{domain}").is_dir() for domain in DOMAINS):
        pairs = [{d: data / f"{part}{d}" for d in DOMAINS} for part in ("train", "test")]
        return data, pairs[0], pairs[1] if all(path.is_dir() for path in pairs[1].values()) else {}
    if not (data / "train").is_dir():
        return data, _folders(data), {}
    val = next((data / name for name in VALIDATION if (data / name).is_dir()), None)
    return data / "train", _folders(data / "train"), _folders(val) if val else {}


def _folders(root: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted(root.iterdir()) if path.is_dir() and not path.name.startswith(".")}


def _classes(folders: Mapping[str, Path], config: TrainingConfig) -> dict[str, list[Path]]:
    if not config.superclasses:
        groups: dict[str, list[Path]] = {}
        for name, path in folders.items():
            groups.setdefault(config.classes.get(name, name), []).append(path)
        return groups
    groups = {
        name: [path for folder, path in folders.items() if any(_means(member, folder) for member in members)]
        for name, members in config.superclasses.items()
    }
    for name, paths in groups.items():
        if not paths:
            raise ValueError(f"superclass {name!r} has no folder in the data: expected {config.superclasses[name][0]}")
    return groups


def _means(member: str, folder: str) -> bool:
    first, dots, last = member.partition("..")
    return first <= folder <= last if dots else member == folder


def _pictures(root: Path, groups: Mapping[str, list[Path]], classes: tuple[str, ...]) -> Pictures:
    found = [(file, classes.index(name)) for name, paths in groups.items() for path in paths for file in _files(path)]
    return Pictures(root, tuple(file for file, _ in found), tuple(label for _, label in found), classes)


def _files(folder: Path) -> list[Path]:
    below = [(Path(place), names) for place, _, names in os.walk(folder, followlinks=True)]
    files = [place / name for place, names in below for name in names]
    return sorted(f for f in files if not any(part.startswith(".") for part in f.relative_to(folder).parts))


def _hold_out(pictures: Pictures, share: float) -> tuple[Pictures, Pictures | None]:
    if share == 0:
        return pictures, None
    held: list[int] = []
    for c in range(len(pictures.classes)):
        own = [i for i, label in enumerate(pictures.labels) if label == c]
        held += own[len(own) - round(share * len(own)) :]
    rest = sorted(set(range(len(pictures))) - set(held))
    return pictures.chosen(rest), pictures.chosen(held) if held else None
