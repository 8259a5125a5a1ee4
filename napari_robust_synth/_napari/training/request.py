"""What the train dock asks for: pictures, names of classes, a config; and from these a training that runs."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as Flag

from napari_robust_synth._napari.layers.crops import NEEDED
from napari_robust_synth._napari.training.process import CONFIG, Training
from napari_robust_synth._napari.training.source import FolderSource, LayerSource, Source
from napari_robust_synth.models import ZOO
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.training.config import CONFIGS, TrainingConfig, read_config

STEPS = 100
"""So many steps a config of ours makes at least, with however few pictures."""
BATCHES = 4
"""So many batches an epoch has then at least, while a batch has eight pictures or more."""
NAME = re.compile(r"\w[\w .()+-]*")


class Cancelled(Exception):
    """The user has thought better of it."""


@dataclass(frozen=True)
class TrainRequest:
    """A training as the user asked for it.

    Parameters
    ----------
    name : str
        What the model will be called.
    source : FolderSource or LayerSource
        The pictures.
    names : mapping of str to str
        The class that each key stands for; an empty name leaves it out.
    config : str
        A training config of ours by name, or the path of a file.
    share : float
        Of each class, to validate on.
    """

    name: str
    source: Source
    names: Mapping[str, str]
    config: str
    share: float

    def start(self, check: Callable[[], None]) -> Training:
        """Write what the training needs, and start it; call it in a worker.

        Raises
        ------
        ValueError
            When anything does not fit; nothing is kept then.
        """
        folder = new_folder(self.name)
        config = read_config(self.config)
        numbers = self.source.counts(config)
        names = self._chosen(numbers, config)
        config = self._fitted(config, enough(numbers, names))
        folder.mkdir(parents=True)
        try:
            data, classes = self.source.write(folder, names, check)
            config = config if config.superclasses else replace(config, classes=classes)
            (folder / CONFIG).write_text(config.to_toml(), encoding="utf-8")
            check()
            return Training(folder).start(data)
        except BaseException:
            shutil.rmtree(folder)
            raise

    def _chosen(self, keys: Iterable[str], config: TrainingConfig) -> dict[str, str]:
        names = {key: self.names.get(key, self.source.default_name(key, config)).strip() for key in keys}
        unnamed = [key for key, name in names.items() if not name]
        if unnamed and isinstance(self.source, FolderSource):
            raise ValueError(f"the class of folder {unnamed[0]!r} has no name: give it one, or move the folder away")
        return {key: name for key, name in names.items() if name}

    def _fitted(self, config: TrainingConfig, numbers: Mapping[str, int]) -> TrainingConfig:
        grouped = {} if isinstance(self.source, LayerSource) else config.superclasses
        config = replace(config, superclasses=grouped, hold_out=self.share)
        if self.config not in ours():
            return config
        return replace(
            steady(config, numbers),
            data=f"{self.source}; started from {config.init}.",
            origin=f"Trained in napari with the config {self.config}.",
            limits=f"Knows {len(numbers)} kinds of pictures and nothing else.",
        )


def raise_if(cancelled: Flag) -> None:
    """Raise `Cancelled` when the flag is set."""
    if cancelled.is_set():
        raise Cancelled


def ours() -> list[str]:
    """Return the names of our configs."""
    return sorted(path.stem for path in CONFIGS.glob("*.toml"))


def new_folder(name: str) -> Path:
    """Return the folder of a new model.

    Raises
    ------
    ValueError
        When the name can't be that of a folder, or is taken.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"the name is {name!r}, expected letters, digits, spaces and -_.+() after a letter or digit")
    folder = models_folder() / name
    if Training(folder).resumable:
        raise ValueError(f"{name!r} is a training that can go on: press Resume, or choose another name")
    if folder.exists() or name in ZOO:
        raise ValueError(f"there is a model {name!r} already: choose another name")
    return folder


def enough(numbers: Mapping[str, int], names: Mapping[str, str]) -> dict[str, int]:
    """Return how many crops each class has, by name, when that is enough to train on.

    Raises
    ------
    ValueError
        When there is no class, only one, or one with too few crops.
    """
    totals: dict[str, int] = {}
    for key, name in names.items():
        totals[name] = totals.get(name, 0) + numbers[key]
    if not any(totals.values()):
        raise ValueError("nothing is marked: paint examples of each class with a label of its own, or draw shapes")
    if len(totals) < 2:
        raise ValueError(f"there is one class, {next(iter(totals))!r}, but a classifier needs two: mark another one")
    name = min(totals, key=totals.__getitem__)
    if totals[name] < NEEDED:
        crops = f"{totals[name]} crop{'' if totals[name] == 1 else 's'}"
        raise ValueError(f"class {name!r} has {crops}, but {NEEDED} are needed: mark more, or leave it out")
    return totals


def steady(config: TrainingConfig, numbers: Mapping[str, int]) -> TrainingConfig:
    """Return a config with smaller batches and more epochs, where there are few pictures."""
    pictures = sum(n - round(config.hold_out * n) for n in numbers.values())
    batch = min(config.batch, max(pictures // BATCHES, 8), pictures)
    return replace(config, batch=batch, epochs=max(config.epochs, math.ceil(STEPS / (pictures // batch))))
