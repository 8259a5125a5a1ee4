"""What every part of a report works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from napari_robust_synth.evaluation.fid import Features
from napari_robust_synth.evaluation.judges import Judge
from napari_robust_synth.evaluation.mixture import Mixture
from napari_robust_synth.evaluation.perceptual import Distance
from napari_robust_synth.evaluation.pool import Example
from napari_robust_synth.evaluation.shelf import Shelf
from napari_robust_synth.tasks.base import Task


@dataclass(frozen=True)
class Settings:
    """What decides a report's numbers beside classifiers and pictures.

    Parameters
    ----------
    n : int
        How many pictures each row is of.
    seed : int
        Of everything random.
    steps : int, optional
        Steps of every run instead of the presets', for a quick look.
    pair : (str, str), optional
        The only classes to translate from and to.
    batch : int, optional
        How many pictures are worked on together, which changes rounding; by default what this machine is quickest
        with.
    """

    n: int = 100
    seed: int = 0
    steps: int | None = None
    pair: tuple[str, str] | None = None
    batch: int | None = None

    def task(self, kind: type[Task], preset: str = "default", **parameters: Any) -> Task:
        """Make a task of a preset, with our number of steps."""
        steps = {} if self.steps is None else {"steps": self.steps}
        return kind.preset(preset, **{**parameters, **steps})


@dataclass
class Meter:
    """How far a part is, in pictures."""

    show: Callable[[float, float], None] = lambda done, total: None
    total: float = 0.0
    done: float = 0.0

    def expect(self, pictures: float) -> None:
        """Say how many pictures there will be, all rows together."""
        self.total, self.done = pictures, 0.0

    def add(self, pictures: float) -> None:
        """Say that so many more are done."""
        self.done += pictures
        self.show(self.done, self.total)


@dataclass(frozen=True)
class Bench:
    """Pictures, judge and metrics.

    Parameters
    ----------
    examples : sequence of Example
        ``n`` pictures.
    others : sequence of Example
        As many again, of the same classes, none of which is among the first.
    classes : tuple of str
        The classes of all pictures, in the model's order; those that are asked for.
    settings : Settings
        Numbers of pictures and steps, seed.
    judge : Judge, optional
        Says what is in a picture.
    distances : mapping of str to callable
        Perceptual distances, by key of `METRICS`.
    features : Features, optional
        What FID is measured with.
    mixture : Mixture, optional
        Mixtures of Gaussians of all these classes.
    sources : sequence of Example
        Where only one pair of classes is translated, ``n`` pictures of the first.
    meter : Meter
        Hears how far we are.
    shelf : Shelf
        Keeps what takes long to make.
    """

    examples: Sequence[Example]
    others: Sequence[Example]
    classes: tuple[str, ...]
    settings: Settings
    judge: Judge | None = None
    distances: Mapping[str, Distance] = field(default_factory=dict)
    features: Features | None = None
    mixture: Mixture | None = None
    sources: Sequence[Example] = ()
    meter: Meter = field(default_factory=Meter)
    shelf: Shelf = field(default_factory=Shelf)
